#include "dbpool_events/reported_pool.hpp"

#include <string_view>
#include <vector>

#include "dbpool/model/error.hpp"
#include "dbpool/model/names.hpp"
#include "dbpool/model/pool_snapshot.hpp"

namespace dbpool_events {
namespace {

using Clock = std::chrono::steady_clock;

void add(std::vector<Gauge>& gauges, std::string_view name, dbpool::PoolSnapshot::Count value) {
  if (value) gauges.push_back({name, *value});
}

std::vector<Gauge> gauges_of(const dbpool::PoolSnapshot& now) {
  std::vector<Gauge> gauges;
  add(gauges, "active", now.active);
  add(gauges, "idle", now.idle);
  add(gauges, "opening", now.opening);
  add(gauges, "waiting", now.waiting);
  add(gauges, "min", now.min);
  add(gauges, "max", now.max);
  return gauges;
}

std::uint64_t rise(dbpool::PoolSnapshot::Count from, dbpool::PoolSnapshot::Count to) {
  return to.value_or(0) - from.value_or(0);
}

void report_counts(const Sender::Pool& events, const dbpool::PoolSnapshot& from,
                   const dbpool::PoolSnapshot& to) {
  events.connect_failed(rise(from.connect_failures, to.connect_failures));
  for (std::size_t i = 0; i < dbpool::close_reason_names.size(); ++i) {
    events.closed(dbpool::close_reason_names[i], rise(from.closed[i], to.closed[i]));
  }
  for (std::size_t i = 0; i < dbpool::error_kind_names.size(); ++i) {
    events.error(dbpool::error_kind_names[i], rise(from.errors[i], to.errors[i]));
  }
}

}  // namespace

ReportedLease& ReportedLease::operator=(ReportedLease&& other) noexcept {
  if (this == &other) return *this;
  report();
  lease_ = std::move(other.lease_);
  sender_ = std::move(other.sender_);
  pool_ = other.pool_;
  number_ = other.number_;
  start_ = other.start_;
  return *this;
}

void ReportedLease::release() noexcept {
  report();
  lease_.release();
}

void ReportedLease::report() noexcept {
  if (!sender_) return;
  pool_.released(Clock::now() - start_, number_);
  sender_.reset();
}

ReportedPool::ReportedPool(std::shared_ptr<dbpool::Pool> pool, std::shared_ptr<Sender> sender)
    : pool_(std::move(pool)), sender_(std::move(sender)) {
  if (!sender_) return;
  events_ = sender_->pool(pool_->options().name);
  events_.watch([watched = pool_, events = events_, last = dbpool::PoolSnapshot()]() mutable {
    dbpool::PoolSnapshot now = watched->snapshot();
    report_counts(events, last, now);
    last = std::move(now);
    return gauges_of(last);
  });
}

ReportedPool::~ReportedPool() {
  events_.unwatch();
}

ReportedLease ReportedPool::reported(dbpool::Lease lease, Sender::Nanoseconds waited, Site site) {
  const std::uint64_t number = sender_ ? sender_->new_lease() : 0;
  events_.acquired(waited, number, std::move(site));
  return {std::move(lease), sender_, events_, number};
}

ReportedLease ReportedPool::acquire(const dbpool::AcquireRequest& request, std::source_location where) {
  const auto start = Clock::now();
  try {
    dbpool::Lease lease = pool_->acquire(request, where);
    return reported(std::move(lease), Clock::now() - start,
                    {where, request.site, trace_id_text(request.trace)});
  } catch (const dbpool::AcquireTimeout&) {
    events_.acquire_timeout(Clock::now() - start);
    throw;
  } catch (const dbpool::AcquireRejected&) {
    events_.acquire_rejected();
    throw;
  }
}

std::optional<ReportedLease> ReportedPool::try_acquire(std::source_location where) {
  const auto start = Clock::now();
  std::optional<dbpool::Lease> lease = pool_->try_acquire(where);
  if (!lease) return std::nullopt;
  return reported(std::move(*lease), Clock::now() - start, {where});
}

}  // namespace dbpool_events
