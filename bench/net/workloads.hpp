#pragma once
// What bench_net measures, each in a process of its own. All print `name<TAB>value` lines, see measuring.hpp.

#include <cstddef>
#include <string>

namespace scaup::bench {

/// An embeddings server on a port of its own: prints its address, then answers until the standard input ends.
void serve(std::size_t delay_ms, std::size_t dimension);

/// Texts per second, in batches and one request a text.
void measure_batches(const std::string& url, std::size_t texts);

/// Microseconds of a small exchange through HttpTransport and through libcurl alone, in turn.
void measure_overhead(const std::string& url, std::size_t exchanges);

/// MB per second of processor time at which replies of 2,048 vectors of 1,536 floats are read, as numbers and as
/// base64.
void measure_decoding(std::size_t rounds);

/// What the process holds at most beyond texts and vectors while it embeds.
void measure_memory(const std::string& url, std::size_t texts);

}  // namespace scaup::bench
