#include "sources/push/events/lease_table.hpp"

#include <charconv>
#include <string>
#include <system_error>

namespace dbpool {
namespace {

/// Returns the number that a lease's name is; 0 if it is not one.
std::uint64_t lease_number(std::string_view name) {
  std::uint64_t number = 0;
  const char* const end = name.data() + name.size();
  const auto [rest, error] = std::from_chars(name.data(), end, number);
  return error == std::errc() && rest == end ? number : 0;
}

}  // namespace

void LeaseTable::lend(std::string_view name, std::string_view place, std::chrono::nanoseconds at) {
  const auto lent = leases_.try_emplace(std::string(name)).first;
  ReportedLease& lease = lent->second;
  lease.id = lease_number(name);
  lease.acquired_at = at;
  lease.client = client_;
  lease.name = lent->first;
  lease.place = place;
  detector_->lent(lease);
}

std::optional<LeaseTable::Returned> LeaseTable::end(std::string_view name, std::chrono::nanoseconds at) {
  const auto lease = leases_.find(name);
  if (lease == leases_.end()) return std::nullopt;
  Returned returned;
  if (detector_->returned(lease->second)) returned.leak = report_of(lease->second, at);
  leases_.erase(lease);
  return returned;
}

LeaseTable::Ended LeaseTable::end_until(std::chrono::nanoseconds at) {
  Ended ended;
  for (auto lease = leases_.begin(); lease != leases_.end();) {
    if (lease->second.acquired_at > at) {
      ++lease;
      continue;
    }
    ++ended.leases;
    ended.suspected += detector_->returned(lease->second) ? 1 : 0;
    lease = leases_.erase(lease);
  }
  return ended;
}

LeakReport report_of(const LeaseRecord& lease, std::chrono::nanoseconds now) {
  const auto& reported = static_cast<const ReportedLease&>(lease);
  LeakReport leak;
  leak.connection_id = std::string(reported.client) + "/" + std::string(reported.name);
  leak.lease = lease.id;
  leak.held = now - lease.acquired_at;
  leak.site = reported.place;
  return leak;
}

}  // namespace dbpool
