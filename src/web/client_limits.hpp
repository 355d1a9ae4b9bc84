#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace dbpool {

/// How many clients the web server attends to at once. When no descriptor is left, its accept loop would
/// spin, so it takes no more than its share of them.
struct ClientLimits {
  unsigned threads;  ///< each for one client
  unsigned queued;   ///< accepted, but not attended to yet

  /// Descriptors that the server and its handlers may need at the worst.
  unsigned descriptors() const noexcept { return 2 * threads + queued + threads / 2 + 4; }
};

/// The limits of a process that may open so many descriptors: 64 threads from 512 descriptors on.
ClientLimits client_limits(std::uint64_t descriptors) noexcept;

/// The descriptors that this process may open now; a system call.
std::uint64_t descriptor_limit() noexcept;

/// How long a client may take to receive an answer of that size: 2 s, and 1 s more for each MiB.
std::chrono::milliseconds answer_patience(std::size_t bytes) noexcept;

}  // namespace dbpool
