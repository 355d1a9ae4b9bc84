#include "daemon/systemd_notifier.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <iterator>

#include "sync/descriptor.hpp"

namespace dbpool {
namespace {

using std::chrono::microseconds;

std::string text_in(const Environment& environment, const std::string& variable) {
  const auto found = environment.find(variable);
  return found == environment.end() ? "" : found->second;
}

/// Returns the interval in WATCHDOG_USEC, unless it is meant for another process.
std::optional<Duration> interval_in(const Environment& environment) {
  const std::string process = text_in(environment, "WATCHDOG_PID");
  if (!process.empty() && process != std::to_string(::getpid())) return std::nullopt;
  const std::string text = text_in(environment, "WATCHDOG_USEC");
  microseconds::rep count = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), count);
  if (parsed.ec != std::errc() || count <= 0) return std::nullopt;
  return std::min(microseconds(count), std::chrono::floor<microseconds>(Duration::max()));
}

}  // namespace

SystemdNotifier::SystemdNotifier(const Environment& environment)
    : path_(text_in(environment, "NOTIFY_SOCKET")), watchdog_interval_(interval_in(environment)) {
  const bool is_address = path_.starts_with('/') || path_.starts_with('@');
  if (!is_address || path_.size() >= sizeof sockaddr_un::sun_path) path_.clear();
  if (path_.empty()) watchdog_interval_.reset();
}

void SystemdNotifier::reloading(TimePoint now) const {
  // The steady clock is the CLOCK_MONOTONIC that systemd compares with.
  const auto since = std::chrono::duration_cast<microseconds>(now.time_since_epoch());
  send(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", since.count()));
}

void SystemdNotifier::status(std::string_view line) const {
  send(fmt::format("STATUS={}", line));
}

void SystemdNotifier::send(std::string_view message) const {
  if (path_.empty()) return;
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::ranges::copy(path_, std::begin(to.sun_path));
  if (path_.front() == '@') to.sun_path[0] = '\0';
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path_.size());
  const Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const timeval patience{.tv_sec = 1, .tv_usec = 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  ::sendto(socket.get(), message.data(), message.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&to),
           size);
}

}  // namespace dbpool
