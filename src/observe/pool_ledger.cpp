#include "dbpool/observe/pool_ledger.hpp"

#include <algorithm>
#include <utility>

#include "model/seconds.hpp"

namespace dbpool {

void DurationRecorders::fill(PoolSnapshot& s, Histogram::Exemplars exemplars) const {
  s.acquisition_duration = acquisition.value(std::move(exemplars));
  s.usage_duration = usage.value();
  s.connect_duration = connect.value();
  s.health_check_duration = health_check.value();
}

PoolLedger::PoolLedger(const LedgerOptions& options, WallTime created_at)
    : durations_{HistogramRecorder(options.acquisition_buckets), HistogramRecorder(duration_buckets()),
                 HistogramRecorder(duration_buckets()), HistogramRecorder(duration_buckets())},
      exemplars_(options.acquisition_buckets->size() + 1),
      latency_objective_(options.latency_objective),
      wait_recent_(options.wait_window),
      wait_judged_(options.wait_window),
      errors_judged_(options.error_window),
      errors_hour_(std::chrono::hours(1)),
      created_at_(created_at) {}

void PoolLedger::apply(const event::HealthChecked& e) noexcept {
  ++health_checks_;
  durations_.health_check.record(e.took);
  if (e.passed) {
    last_health_check_ = e.time;
    response_time_ = seconds_of(e.took);
  } else {
    ++health_check_failures_;
  }
}

void PoolLedger::apply(const event::Failed& e) {
  errors_[index_of(e.kind)] += e.times;
  errors_hour_.add(e.at, e.times);
  if (judges(e.began)) errors_judged_.add(e.at, e.times);
  last_error_ = e.error;
  last_error_kind_ = e.kind;
  last_error_at_ = e.time;
}

void PoolLedger::judge_afresh(Duration now) noexcept {
  judged_since_ = now;
  wait_judged_.clear();
  last_timeout_at_.reset();
  errors_judged_.clear();
}

void PoolLedger::fill(PoolSnapshot& s, Duration now) const {
  s.acquisitions = acquisitions_;
  s.releases = releases_;
  s.acquisition_timeouts = timeouts_;
  s.acquisition_rejections = rejections_;
  if (latency_objective_ > Duration::zero()) {
    s.acquisitions_slow = acquisitions_slow_;
    s.acquisition_objective = seconds_of(latency_objective_);
  }
  s.created = created_;
  s.reused = reused_;
  s.connect_failures = connect_failures_;
  std::ranges::copy(closed_, s.closed.begin());
  s.health_checks = health_checks_;
  s.health_check_failures = health_check_failures_;
  std::ranges::copy(errors_, s.errors.begin());
  s.leaks_detected = leaks_detected_;
  s.leaks_recovered = leaks_recovered_;
  s.reconnect_attempts = reconnect_attempts_;
  s.active = active();
  s.active_peak = active_peak_;
  s.wait_peak = seconds_of(wait_peak_);
  s.wait_recent_peak = seconds_of(wait_recent_.value(now));
  s.wait_judged_peak = seconds_of(wait_judged_.value(now));
  s.errors_recent = errors_judged_.value(now);
  s.errors_last_hour = errors_hour_.value(now);
  s.created_at = created_at_;
  s.last_health_check = last_health_check_;
  s.last_error_at = last_error_at_;
  s.last_timeout_at = last_timeout_at_;
  s.last_error = last_error_;
  s.last_error_kind = last_error_kind_;
  s.response_time = response_time_;
}

}  // namespace dbpool
