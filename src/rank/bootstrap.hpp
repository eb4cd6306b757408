#pragma once
// Resampling: the interval of a mean, and the randomisation test of a difference.

#include <span>

#include "scaup/evaluate.hpp"

namespace scaup::inline v0 {

/// Ranges of the options. Errors: `invalid_argument`.
[[nodiscard]] Status check_bootstrap(const BootstrapOptions& options);

[[nodiscard]] double mean_of(std::span<const double> values) noexcept;

/// The interval of the mean of `values`, of which there is one at least, by percentiles: so many means of as many
/// values, drawn with replacement, are sorted, and the interval leaves out an equal share at both ends (between two
/// means by linear interpolation). Options are checked.
[[nodiscard]] Interval bootstrap_interval(std::span<const double> values, const BootstrapOptions& options);

/// The two-sided p-value of the mean of differences, by random signs (Smucker, Allan and Carterette 2007). Options are
/// checked.
[[nodiscard]] double randomisation_p_value(std::span<const double> differences, const BootstrapOptions& options);

}  // namespace scaup::inline v0
