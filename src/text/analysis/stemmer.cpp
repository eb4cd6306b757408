// The sole includer of libstemmer.h.

#include "text/analysis/stemmer.hpp"

#include <libstemmer.h>

#include <algorithm>
#include <new>
#include <string_view>

namespace scaup::inline v0 {
namespace {

sb_stemmer* stemmer_of(void* pointer) noexcept {
  return static_cast<sb_stemmer*>(pointer);
}

bool is_listed(std::string_view algorithm) noexcept {
  for (const char** name = sb_stemmer_list(); *name != nullptr; ++name) {
    if (algorithm == *name) return true;
  }
  return false;
}

}  // namespace

void Stemmer::Free::operator()(void* stemmer) const noexcept {
  sb_stemmer_delete(stemmer_of(stemmer));
}

// Null means both an unknown name and a lack of memory; the list tells them apart.
Stemmer::Stemmer(const char* algorithm) : stemmer_(sb_stemmer_new(algorithm, nullptr)) {
  if (stemmer_ == nullptr && is_listed(algorithm)) throw std::bad_alloc();
}

std::string_view Stemmer::stem(std::string_view word) {
  sb_stemmer* const stemmer = stemmer_of(stemmer_.get());
  const sb_symbol* const stem =
      sb_stemmer_stem(stemmer, reinterpret_cast<const sb_symbol*>(word.data()), static_cast<int>(word.size()));
  if (stem == nullptr) throw std::bad_alloc();
  return {reinterpret_cast<const char*>(stem), static_cast<std::size_t>(sb_stemmer_length(stemmer))};
}

}  // namespace scaup::inline v0
