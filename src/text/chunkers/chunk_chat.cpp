// The chat chunker: messages are pieces.

#include <algorithm>

#include "base/ascii.hpp"
#include "scaup/format_chunkers.hpp"
#include "text/chunkers/prose.hpp"
#include "text/chunkers/white_space.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kLongestName = 40;
constexpr std::size_t kLongestTime = 40;
constexpr std::size_t kMostWords = 4;
constexpr std::size_t kMostSpeakers = 1000;  // each is compared at every line

constexpr bool is_name_start(char c) noexcept {
  return is_ascii_letter(c) || static_cast<unsigned char>(c) >= 0x80 || c == '@';
}

constexpr bool is_name_part(char c) noexcept {
  return is_name_start(c) || is_ascii_digit(c) || std::string_view(" .-_'()").find(c) != std::string_view::npos;
}

// `line` without the time it begins with: "[10:15] " or "12/03/2024, 10:15 - ".
std::string_view skip_time(std::string_view line) noexcept {
  if (line.empty()) return line;
  std::size_t end = 0;
  if (line[0] == '[') {
    const std::size_t close = line.substr(0, kLongestTime).find(']');
    if (close != std::string_view::npos) end = close + 1;
  } else if (is_ascii_digit(line[0])) {
    end = std::min(line.find_first_not_of("0123456789/.:,- "), kLongestTime);
  }
  line.remove_prefix(std::min(end, line.size()));
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  return line;
}

// The name that `line` begins with, up to a colon with white space or nothing after it; empty if there is none.
std::string_view speaker_of(std::string_view line) noexcept {
  if (line.empty() || !is_name_start(line[0])) return {};
  const std::size_t end = line.substr(0, kLongestName + 1).find(':');
  if (end == std::string_view::npos) return {};
  const bool spaced = end + 1 == line.size() || static_cast<unsigned char>(line[end + 1]) <= 0x20;
  const std::string_view name = line.substr(0, end);
  if (!spaced || !std::ranges::all_of(name, is_name_part)) return {};
  return std::ranges::count(name, ' ') < static_cast<std::ptrdiff_t>(kMostWords) ? name : std::string_view();
}

// Looked at, not parsed: what is between the braces matters only to whoever reads the message.
bool is_json_message(std::string_view line) noexcept {
  return line.starts_with('{') && line.ends_with('}') && line.find("\"role\"") != std::string_view::npos &&
         line.find("\"content\"") != std::string_view::npos;
}

class ChatChunker final : public TextChunker {
 public:
  explicit ChatChunker(const ChatChunkerOptions& options)
      : TextChunker("chat chunker", {.size = options.size,
                                     .overlap = options.overlap,
                                     .unit = options.unit,
                                     .separators = clause_separators(),
                                     .tokenizer = options.tokenizer}),
        speakers_(options.speakers) {}

 private:
  Status check_more() const override {
    if (speakers_.size() <= kMostSpeakers) return {};
    return Error(ErrorCode::invalid_argument, "chat chunker: speakers has " + std::to_string(speakers_.size()) +
                                                  " entries; accepted: at most " + std::to_string(kMostSpeakers));
  }

  Result<std::vector<SectionChunks>> cut(const CutJob& job) const override {
    const std::string_view text = job.source.text;
    std::vector<SectionChunks> sections(1);
    RecursiveSplitter pack = splitter(job, sections[0].chunks);
    std::size_t message = 0;
    for (std::size_t line = 0; line < text.size();) {
      const std::size_t next = std::min(text.find('\n', line), text.size() - 1) + 1;
      if (line > message && begins_message(text, {line, next})) {
        add_message(pack, job, {message, line});
        message = line;
      }
      line = next;
    }
    add_message(pack, job, {message, text.size()});
    pack.finish();
    return sections;
  }

  static void add_message(RecursiveSplitter& pack, const CutJob& job, ByteRange message) {
    message = trim(job.source.text, message);
    if (message.empty()) return;
    if (!pack.fits(message)) return add_paragraphs(pack, job, message);
    pack.add(message, kParagraphEnd, job.stop);
  }

  bool begins_message(std::string_view text, ByteRange range) const noexcept {
    range = trim(text, range);
    const std::string_view line = text.substr(range.begin, range.end - range.begin);
    if (is_json_message(line)) return true;
    const std::string_view name = speaker_of(skip_time(line));
    if (name.empty() || speakers_.empty()) return !name.empty();
    return std::ranges::any_of(speakers_, [&](const std::string& each) { return equal_but_ascii_case(each, name); });
  }

  const std::vector<std::string> speakers_;
};

}  // namespace

std::shared_ptr<const Chunker> make_chat_chunker(const ChatChunkerOptions& options) {
  return std::make_shared<const ChatChunker>(options);
}

}  // namespace scaup::inline v0
