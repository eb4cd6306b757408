// Limits of documents and metadata. Runs for every document that is added: text for messages is made on failure only.

#include "base/document_check.hpp"

#include <cmath>
#include <concepts>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/in_quotes.hpp"
#include "base/utf8.hpp"

namespace scaup::inline v0 {
namespace {

Error invalid(std::string message) {
  return {ErrorCode::invalid_argument, std::move(message)};
}

Status check_size(std::string_view what, std::size_t size, std::size_t limit) {
  if (size <= limit) return {};
  return invalid(std::string(what) + ": " + std::to_string(size) + " bytes, more than the limit of " +
                 std::to_string(limit));
}

// Names a value for a message; only made into text when there is something to say.
struct ValuePlace {
  std::string_view key;
  std::optional<std::size_t> element = {};

  std::string text() const {
    const std::string name = "metadata " + in_quotes(key);
    return element ? name + ": element " + std::to_string(*element) : name;
  }
};

// Overloads for each type of value; std::visit picks one.
Status check_value(const ValuePlace& place, const std::string& text) {
  if (!find_invalid_utf8(text)) return {};
  return check_utf8(place.text(), text);
}

Status check_value(const ValuePlace& place, double number) {
  if (std::isfinite(number)) return {};
  const std::string_view name = std::isnan(number) ? "nan" : number < 0 ? "-inf" : "inf";
  return invalid(place.text() + ": " + std::string(name) + " is not a finite number");
}

// Integers and booleans, and lists of them, cannot be wrong.
template <typename T>
Status check_value(const ValuePlace&, const T&) {
  return {};
}

template <typename T>
requires(std::same_as<T, std::string> || std::same_as<T, double>) Status
    check_value(const ValuePlace& place, const std::vector<T>& list) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (Status status = check_value(ValuePlace{place.key, i}, list[i]); !status) return status;
  }
  return {};
}

Status check_entry(const std::string& key, const Value& value) {
  if (Status status = check_key(key); !status) {
    Error error = std::move(status).error();
    error.add_context("metadata");
    return error;
  }
  return std::visit([&](const auto& held) { return check_value(ValuePlace{key}, held); }, value.storage());
}

}  // namespace

Status check_utf8(std::string_view what, std::string_view text) {
  const auto at = find_invalid_utf8(text);
  if (!at) return {};
  return invalid(std::string(what) + ": byte 0x" + hex_digits(text[*at]) + " at offset " + std::to_string(*at) +
                 " is not UTF-8");
}

Status check_id(std::string_view id) {
  if (id.empty()) return invalid("id: empty; it takes 1 to " + std::to_string(kMaxIdBytes) + " bytes");
  if (Status status = check_size("id", id.size(), kMaxIdBytes); !status) return status;
  return check_utf8("id", id);
}

Status check_text(std::string_view text) {
  if (Status status = check_size("text", text.size(), kMaxTextBytes); !status) return status;
  return check_utf8("text", text);
}

Status check_key(std::string_view key) {
  if (key.empty()) return invalid("key: empty; it takes 1 to " + std::to_string(kMaxKeyBytes) + " bytes");
  const auto what = [&] { return "key " + in_quotes(key); };  // allocates, so only for a message
  if (key.size() > kMaxKeyBytes) return check_size(what(), key.size(), kMaxKeyBytes);
  if (find_invalid_utf8(key)) return check_utf8(what(), key);
  if (key.front() == '$') return invalid(what() + ": begins with '$', as only operators of filters do");
  if (key == "#document") return invalid(what() + ": means the text of a document in filters");
  return {};
}

Status check_metadata(const Metadata& metadata) {
  if (metadata.size() > kMaxMetadataEntries) {
    return invalid("metadata: " + std::to_string(metadata.size()) + " entries, more than the limit of " +
                   std::to_string(kMaxMetadataEntries));
  }
  for (const auto& [key, value] : metadata) {
    if (Status status = check_entry(key, value); !status) return status;
  }
  return {};
}

Status check_origin(const Origin& origin) {
  if (Status status = check_size("origin: source id", origin.source_id.size(), kMaxIdBytes); !status) return status;
  if (Status status = check_utf8("origin: source id", origin.source_id); !status) return status;
  if (origin.begin > origin.end) {
    return invalid("origin: begin " + std::to_string(origin.begin) + " is beyond end " + std::to_string(origin.end));
  }
  for (std::size_t i = 0; i < origin.section.size(); ++i) {
    const std::string& heading = origin.section[i];
    if (find_invalid_utf8(heading)) return check_utf8("origin: section " + std::to_string(i), heading);
  }
  return {};
}

Status check_document(const Document& document) {
  if (Status status = check_id(document.id); !status) return status;
  if (Status status = check_text(document.text); !status) return status;
  if (Status status = check_metadata(document.metadata); !status) return status;
  return document.origin ? check_origin(*document.origin) : Status();
}

}  // namespace scaup::inline v0
