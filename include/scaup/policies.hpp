#pragma once
// Policies: decorators over any Embedder, Reranker or ChatModel.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "scaup/call_observer.hpp"
#include "scaup/chat.hpp"
#include "scaup/clock.hpp"
#include "scaup/config.hpp"
#include "scaup/embedder.hpp"
#include "scaup/reranker.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

struct RetryOptions {
  std::size_t max_attempts = 3;  ///< in all; 1: no retry
};

struct BatchOptions {
  std::size_t max_texts = 0;            ///< of one call; 0: the provider's limit
  std::size_t max_tokens = 0;           ///< of all texts of one call, estimated; 0: the provider's limit
  std::size_t max_bytes = 0;            ///< of all texts of one call; 0: the provider's limit
  std::size_t max_concurrent_calls = 4; ///< 1 to 64
};

}  // namespace scaup::inline v0
