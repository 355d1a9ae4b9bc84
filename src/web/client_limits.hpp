#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace dbpool {

/// The number of clients that the web server serves at once. It bounds the server's descriptors, because the
/// accept loop would spin if none were left.
struct ClientLimits {
  unsigned threads;  ///< one client each
  unsigned queued;   ///< accepted clients that wait for a thread

  /// Returns the most descriptors that the server and its handlers may need.
  unsigned descriptors() const noexcept { return 2 * threads + queued + threads / 2 + 4; }
};

/// Returns the limits for a process that may open `descriptors`: 64 threads from 512 descriptors on.
ClientLimits client_limits(std::uint64_t descriptors) noexcept;

/// Returns the number of descriptors that this process may open now; 0 = unknown. Makes a system call.
std::uint64_t descriptor_limit() noexcept;

/// Writes all of `wire` in pieces with `write`, which returns how much of one it has written, 0 or less =
/// none; ends without the rest if the client is too slow to receive it (see `answer_patience`).
void write_in_time(std::string_view wire, const std::function<int(std::string_view piece)>& write);

/// Returns the time that a client has to receive an answer of this size: 2 s, and 1 s more for each MiB.
std::chrono::milliseconds answer_patience(std::size_t bytes) noexcept;

}  // namespace dbpool
