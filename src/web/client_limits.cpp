#include "web/client_limits.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace dbpool {
namespace {

constexpr std::uint64_t most_threads = 64;
constexpr std::uint64_t descriptors_a_thread = 8;  // of the process, so that pools keep most of them
constexpr std::uint64_t bytes_a_millisecond = (1U << 20U) / 1000;

}  // namespace

ClientLimits client_limits(std::uint64_t descriptors) noexcept {
  const auto threads =
      static_cast<unsigned>(std::clamp<std::uint64_t>(descriptors / descriptors_a_thread, 2, most_threads));
  return {threads, std::clamp(threads / 3, 1U, 20U)};
}

std::uint64_t descriptor_limit() noexcept {
  rlimit limit{};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 0;
}

void write_in_time(std::string_view wire, const std::function<int(std::string_view piece)>& write) {
  constexpr std::size_t piece = 1U << 16U;
  const auto until = std::chrono::steady_clock::now() + answer_patience(wire.size());
  while (!wire.empty() && std::chrono::steady_clock::now() < until) {
    const int written = write(wire.substr(0, piece));
    if (written <= 0) return;
    wire.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::chrono::milliseconds answer_patience(std::size_t bytes) noexcept {
  return std::chrono::seconds(2) + std::chrono::milliseconds(bytes / bytes_a_millisecond);
}

}  // namespace dbpool
