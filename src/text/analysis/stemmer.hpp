#pragma once
// Stemmer: Snowball's algorithms, behind the only file that includes libstemmer.h.

#include <memory>
#include <string_view>

namespace scaup::inline v0 {

/// One stemmer for UTF-8. Movable. Single-threaded: one thread at a time.
class Stemmer {
 public:
  /// By libstemmer's name of the algorithm, "porter" or "german" for example, a string with a zero at the end.
  /// `is_there()` is false if the installed libstemmer does not have it. Throws std::bad_alloc.
  explicit Stemmer(const char* algorithm);

  [[nodiscard]] bool is_there() const noexcept { return stemmer_ != nullptr; }
  /// The stem of a folded word of at most 64 KiB, valid until the next call. Throws std::bad_alloc.
  [[nodiscard]] std::string_view stem(std::string_view word);

 private:
  struct Free {
    void operator()(void* stemmer) const noexcept;
  };
  std::unique_ptr<void, Free> stemmer_;
};

}  // namespace scaup::inline v0
