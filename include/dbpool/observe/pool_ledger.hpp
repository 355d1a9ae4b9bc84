#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <string>

#include "dbpool/model/exemplar_recorder.hpp"
#include "dbpool/model/histogram_recorder.hpp"
#include "dbpool/model/pool_event.hpp"
#include "dbpool/model/pool_snapshot.hpp"
#include "dbpool/observe/recent_window.hpp"

namespace dbpool {

/// Bounds and windows of a ledger.
struct LedgerOptions {
  std::shared_ptr<const BucketBounds> acquisition_buckets = dbpool::acquisition_buckets();
  std::chrono::nanoseconds error_window = std::chrono::seconds(60);
  std::chrono::nanoseconds wait_window = std::chrono::seconds(60);
  std::chrono::nanoseconds latency_objective = std::chrono::milliseconds(10);  ///< 0 = off
};

/// The histograms of a ledger.
struct DurationRecorders {
  HistogramRecorder acquisition, usage, connect, health_check;

  /// Writes their values into `snapshot`. `exemplars`: of the acquisitions, as of a Histogram. Allocates
  /// eight times and for the exemplars; a copy of the recorders allocates nothing. So a pool copies them
  /// under its lock and calls this on the copy after unlocking: a scrape then delays its callers by a copy of
  /// 2 KB, not by the allocator.
  void fill(PoolSnapshot& snapshot, Histogram::Exemplars exemplars = {}) const;
};

/// The ledger of one pool: folds events into counters, histograms, peaks and sliding windows.
/// Not thread-safe; a pool keeps it in its guarded state. Every counter changes under one mutex, so
/// `acquisitions + unmatched_releases = releases + vanished + active` holds in every snapshot.
///
/// A release that comes while no lease is out is unmatched: an event was lost, or the lease is older than the
/// ledger. It counts as a release and in the usage, but `active` stays 0. The ledger knows leases only by
/// their number, so while others are out such a release ends one of them. A source that follows leases by
/// their identity rejects it instead of applying it. An owned pool never has one.
class PoolLedger {
 public:
  using Duration = std::chrono::nanoseconds;

  PoolLedger(const LedgerOptions& options, WallTime created_at);

  void apply(const event::Acquired& e) noexcept {
    acquisitions_ += e.times;
    if (e.reused) reused_ += e.times;
    active_peak_ = std::max(active_peak_, active());
    waited(e.at, e.waited, e.times);
  }
  void apply(const event::Released& e) noexcept {
    if (active() < e.times) [[unlikely]]
      unmatched_releases_ += e.times - active();
    releases_ += e.times;
    durations_.usage.record(e.used, e.times);
  }
  /// REQUIRES: a lease is out.
  void apply(const event::Vanished&) noexcept { ++vanished_; }
  void apply(const event::TimedOut& e) noexcept {
    timeouts_ += e.times;
    if (judges(e.at - e.waited)) last_timeout_at_ = e.time;
    waited(e.at, e.waited, e.times);
  }
  void apply(const event::Rejected& e) noexcept { rejections_ += e.times; }
  void apply(const event::Connected& e) noexcept {
    created_ += e.times;
    durations_.connect.record(e.took, e.times);
  }
  void apply(const event::ConnectFailed& e) noexcept { connect_failures_ += e.times; }
  void apply(const event::Closed& e) noexcept { closed_[index_of(e.reason)] += e.times; }
  void apply(const event::HealthChecked& e) noexcept;
  void apply(const event::Failed& e);
  void apply(const event::LeakSuspected&) noexcept { ++leaks_detected_; }
  void apply(const event::LeakReturned&) noexcept { ++leaks_recovered_; }
  void apply(const event::ReconnectAttempted&) noexcept { ++reconnect_attempts_; }

  /// Returns whether an acquisition or timeout is to be kept as the exemplar of its bucket: it has a trace or
  /// is slow, and is preferred to the one that is kept. Then its labels are worth the effort of making them.
  bool wants_exemplar(const ExemplarRecorder::Candidate& waited) const noexcept {
    return (waited.has_trace || is_slow(waited.value)) &&
           exemplars_.wants(durations_.acquisition.bucket_of(waited.value), waited);
  }
  void keep_exemplar(const ExemplarRecorder::Candidate& waited, WallTime time,
                     const ExemplarLabels& labels) noexcept {
    exemplars_.keep(durations_.acquisition.bucket_of(waited.value), waited, time, labels);
  }

  /// Sets how long an acquisition may take before it counts as slow; 0 = off. The acquisitions and timeouts
  /// so far stay judged by the objective before.
  void set_latency_objective(Duration objective) noexcept { latency_objective_ = objective; }
  /// Excludes errors and waits that began before `now` from the pool's health.
  void judge_afresh(Duration now) noexcept;

  const std::string& last_error() const noexcept { return last_error_; }
  /// Returns the leases that are out.
  std::uint64_t active() const noexcept {
    return acquisitions_ + unmatched_releases_ - releases_ - vanished_;
  }
  std::uint64_t vanished() const noexcept { return vanished_; }
  std::uint64_t unmatched_releases() const noexcept { return unmatched_releases_; }
  const DurationRecorders& durations() const noexcept { return durations_; }
  /// Returns the exemplars of the acquisitions.
  const ExemplarRecorder& exemplars() const noexcept { return exemplars_; }
  /// Writes the ledger's figures into `snapshot`, without the histograms: see DurationRecorders.
  void fill(PoolSnapshot& snapshot, Duration now) const;
  /// Returns whether a wait or error that began at `began` counts for health.
  bool judges(Duration began) const noexcept { return began >= judged_since_; }

 private:
  bool is_slow(Duration wait) const noexcept {
    return wait > latency_objective_ && latency_objective_ > Duration::zero();
  }
  void waited(Duration at, Duration wait, std::uint64_t times) noexcept {
    durations_.acquisition.record(wait, times);
    if (is_slow(wait)) acquisitions_slow_ += times;
    wait_peak_ = std::max(wait_peak_, wait);
    wait_recent_.add(at, wait);
    if (judges(at - wait)) wait_judged_.add(at, wait);
  }

  std::uint64_t acquisitions_ = 0, releases_ = 0, unmatched_releases_ = 0, vanished_ = 0;
  std::uint64_t reused_ = 0, timeouts_ = 0, rejections_ = 0, acquisitions_slow_ = 0;
  std::uint64_t created_ = 0, connect_failures_ = 0, health_checks_ = 0, health_check_failures_ = 0;
  std::uint64_t leaks_detected_ = 0, leaks_recovered_ = 0, reconnect_attempts_ = 0;
  std::array<std::uint64_t, close_reason_names.size()> closed_{};
  std::array<std::uint64_t, error_kind_count> errors_{};
  DurationRecorders durations_;
  ExemplarRecorder exemplars_;
  std::uint64_t active_peak_ = 0;
  Duration latency_objective_;
  Duration wait_peak_{0};
  RecentPeak wait_recent_, wait_judged_;
  RecentCount errors_judged_, errors_hour_;
  Duration judged_since_ = Duration::min();
  WallTime created_at_;
  PoolSnapshot::Time last_health_check_, last_error_at_, last_timeout_at_;
  PoolSnapshot::Seconds response_time_;
  std::string last_error_;
  std::optional<ErrorKind> last_error_kind_;
};

}  // namespace dbpool
