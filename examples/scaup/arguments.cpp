#include "arguments.hpp"

#include <algorithm>
#include <charconv>

namespace {

std::size_t number(const std::string& option, const std::string& text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && value > 0) return value;
  throw UsageError(option + " takes a number from 1 on, not \"" + text + "\"");
}

void read_option(Arguments& arguments, const std::string& option, const std::string& value) {
  if (option == "--collection") arguments.collections.push_back(value);
  if (option == "--passphrase-env") arguments.passphrase_env = value;
  if (option == "--existing") arguments.existing = value;
  if (option == "--filter") arguments.filter = value;
  if (option == "-k") arguments.k = number(option, value);
}

bool takes_value(std::string_view option) {
  constexpr std::string_view kOptions[] = {"--collection", "--passphrase-env", "--existing", "--filter", "-k"};
  return std::ranges::find(kOptions, option) != std::end(kOptions);
}

}  // namespace

bool Arguments::has(std::string_view option) const {
  return std::ranges::find(options, option) != options.end();
}

std::optional<scaup::EncryptionKey> Arguments::key() const {
  if (!has("--passphrase-env")) return std::nullopt;
  return scaup::EncryptionKey::from_passphrase(scaup::Secret::from_environment(passphrase_env).value()).value();
}

Arguments parse_arguments(int argc, char** argv) {
  Arguments arguments;
  bool only_operands = false;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (only_operands || word.size() < 2 || word[0] != '-') {
      (arguments.command.empty() ? arguments.command : arguments.operands.emplace_back()) = word;
    } else if (word == "--") {
      only_operands = true;
    } else {
      arguments.options.push_back(word);
      if (!takes_value(word)) continue;
      if (++i == argc) throw UsageError(word + " needs a value");
      read_option(arguments, word, argv[i]);
    }
  }
  return arguments;
}
