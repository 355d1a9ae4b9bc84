#include "daemon/systemd_reports.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "config/listen_address.hpp"
#include "exposition/named_pools.hpp"

namespace dbpool {
namespace {

constexpr Duration longest_interval = std::chrono::seconds(5);
constexpr int reports_a_watchdog_interval = 4;

std::string counted(std::ptrdiff_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

}  // namespace

SystemdReports::SystemdReports(const SystemdNotifier& systemd, const std::vector<ListenAddress>& listening)
    : systemd_(systemd), interval_(longest_interval) {
  if (const auto watchdog = systemd.watchdog_interval())
    interval_ = std::min(interval_, *watchdog / reports_a_watchdog_interval);
  const auto found = std::ranges::find_if(
      listening, [](const ListenAddress& address) { return is_numeric_host(address.host); });
  if (found != listening.end()) web_server_ = *found;
}

void SystemdReports::tick(TimePoint now, const std::function<std::string()>& status) {
  if (!systemd_.is_listening() || (last_ && now - *last_ < interval_)) return;
  last_ = now;
  // Made like the answer to a scrape, so that the watchdog is fed only while scrapes can be answered.
  if (std::string line = status(); line != status_) {
    status_ = std::move(line);
    systemd_.status(status_);
  }
  if (systemd_.watchdog_interval()) feed_watchdog();
}

void SystemdReports::feed_watchdog() {
  if (!web_server_ || (request_ && request_->is_answered())) systemd_.alive();
  if (web_server_) request_.emplace(*web_server_);
}

std::string status_line(const FleetSnapshot& fleet) {
  const auto pools = named_pools(fleet);
  std::string line = counted(std::ssize(pools), "pool");
  for (const auto status : {HealthStatus::unhealthy, HealthStatus::degraded, HealthStatus::unknown}) {
    const auto count =
        std::ranges::count(pools, status, [](const NamedPool& p) { return p.report.health.status; });
    if (count > 0) line += fmt::format(", {} {}", count, to_string(status));
  }
  const auto down = std::ssize(sources_down(fleet));
  return down == 0 ? line : line + ", " + counted(down, "source") + " down";
}

}  // namespace dbpool
