#pragma once
// Parses HTML and walks its tree. The only place that knows the parser, gumbo.

#include <stop_token>
#include <string_view>

#include "scaup/result.hpp"
#include "text/chunkers/html_text_builder.hpp"

namespace scaup::inline v0 {

/// The page that `html`, which is UTF-8 and within the limits of html_limits.hpp, shows.
/// Errors: `out_of_memory`, `cancelled`.
[[nodiscard]] Result<HtmlPage> read_html(std::string_view html, const std::stop_token& stop);

}  // namespace scaup::inline v0
