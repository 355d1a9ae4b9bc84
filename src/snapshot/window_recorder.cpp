#include "snapshot/window_recorder.hpp"

#include <algorithm>
#include <cmath>

#include "health/pressure.hpp"
#include "model/bounded_sum.hpp"
#include "model/seconds.hpp"

namespace dbpool {
namespace {

constexpr Duration recent = std::chrono::seconds(30);
constexpr Duration five_minutes = std::chrono::minutes(5);
constexpr Duration an_hour = std::chrono::hours(1);
/// Ticks come once a second, a few milliseconds early or late.
constexpr Duration early = std::chrono::milliseconds(500);

void subtract(TimedSum& from, const TimedSum& part) {
  from.value -= part.value;
  from.seconds -= part.seconds;
}

/// Returns the seconds that the callers of a pool have waited in all; nullopt = not counted for every caller.
/// What the client of a pooler's `synthetic` has waited is a sample.
std::optional<double> waits_of(const PoolSnapshot& figures) {
  if (!figures.usage_duration) return std::nullopt;
  return figures.acquisition_duration ? figures.acquisition_duration->sum_seconds() : figures.wait_seconds;
}

/// Returns the connections in use and the callers waiting, without canaries and probes.
std::optional<double> wanted_by(const PoolSnapshot& figures) {
  if (!figures.active || !figures.waiting) return std::nullopt;
  const std::uint64_t used = *figures.active - std::min(*figures.active, figures.probing.value_or(0));
  return static_cast<double>(bounded_sum(used, callers_waiting(figures)));
}

}  // namespace

void WindowRecorder::Moments::add(const Moment& moment) {
  if (!kept.empty() && moment.at < kept.back().at + interval - early) return;
  kept.push_back(moment);
  while (kept.size() > 1 && kept[1].at <= moment.at - span) kept.pop_front();
}

const WindowRecorder::Moment& WindowRecorder::Moments::begin_of(Duration window, TimePoint now) const {
  const auto is_old = [&](const Moment& moment) { return moment.at <= now - window; };
  const auto found = std::find_if(kept.rbegin(), kept.rend(), is_old);
  return found == kept.rend() ? kept.front() : *found;
}

void WindowRecorder::record(const PoolSnapshot& figures, TimePoint now) {
  const double seconds = has_begun_ ? seconds_of(now - now_.at) : 0;
  has_begun_ = true;
  now_.at = now;
  now_.sums.seconds += seconds;
  if (!figures.unread) {
    add_uses(figures, now);
    add_waits(figures, now);
    add_load(figures, seconds);
  }
  minutes_.add(now_);
  hour_.add(now_);
}

std::optional<WindowRecorder::Uses> WindowRecorder::uses_of(const PoolSnapshot& figures) {
  if (const auto& leases = figures.usage_duration)
    return Uses{UseFigure::leases, leases->sum_seconds(), leases->count()};
  if (figures.transaction_seconds && figures.transactions)
    return Uses{UseFigure::transactions, *figures.transaction_seconds, *figures.transactions};
  if (figures.query_seconds && figures.queries)
    return Uses{UseFigure::queries, *figures.query_seconds, *figures.queries};
  return std::nullopt;
}

/// Means of different figures cannot be compared.
void WindowRecorder::forget_uses() {
  const auto forget = [](Moment& moment) {
    moment.sums.use = {};
    moment.sums.uses = 0;
  };
  forget(now_);
  for (Moments* const moments : {&minutes_, &hour_}) std::ranges::for_each(moments->kept, forget);
  uses_.reset();
}

void WindowRecorder::add_uses(const PoolSnapshot& figures, TimePoint now) {
  const std::optional<Uses> uses = uses_of(figures);
  if (!uses || !std::isfinite(uses->seconds)) return;
  if (use_figure_ != uses->figure) forget_uses();
  use_figure_ = uses->figure;
  if (uses_) {
    const bool began_anew = uses->count < uses_->total.count || uses->seconds < uses_->total.seconds;
    const Uses from = began_anew ? Uses{} : uses_->total;
    now_.sums.use.value += uses->seconds - from.seconds;
    now_.sums.use.seconds += seconds_of(now - uses_->at);
    now_.sums.uses += static_cast<double>(uses->count - from.count);
  }
  uses_ = {*uses, now};
}

void WindowRecorder::add_waits(const PoolSnapshot& figures, TimePoint now) {
  const std::optional<double> waits = waits_of(figures);
  if (!waits || !std::isfinite(*waits)) return;
  if (waits_) {
    now_.sums.waits.value += *waits < waits_->total ? *waits : *waits - waits_->total;
    now_.sums.waits.seconds += seconds_of(now - waits_->at);
  }
  waits_ = {*waits, now};
}

/// Counts the state of this tick for the time since the last one.
void WindowRecorder::add_load(const PoolSnapshot& figures, double seconds) {
  now_.sums.leaked = figures.leaked ? std::optional(static_cast<double>(*figures.leaked)) : std::nullopt;
  if (const auto wanted = wanted_by(figures)) {
    now_.sums.wanted.value += *wanted * seconds;
    now_.sums.wanted.seconds += seconds;
  }
  if (!has_known_load(figures)) return;
  const bool busy = is_busy(figures);
  now_.sums.busy.value += busy ? seconds : 0;
  now_.sums.busy.seconds += seconds;
  now_.sums.full.value += busy && is_full(figures) ? seconds : 0;
  now_.sums.full.seconds += seconds;
}

Window WindowRecorder::since(const Moment& begin) const {
  Window window = now_.sums;
  window.seconds -= begin.sums.seconds;
  subtract(window.use, begin.sums.use);
  window.uses -= begin.sums.uses;
  subtract(window.waits, begin.sums.waits);
  subtract(window.wanted, begin.sums.wanted);
  subtract(window.busy, begin.sums.busy);
  subtract(window.full, begin.sums.full);
  if (window.leaked && begin.sums.leaked) {
    *window.leaked -= *begin.sums.leaked;
  } else {
    window.leaked.reset();
  }
  return window;
}

Windows WindowRecorder::windows() const {
  if (!has_begun_) return {};
  return {since(minutes_.begin_of(recent, now_.at)), since(minutes_.begin_of(five_minutes, now_.at)),
          since(hour_.begin_of(an_hour, now_.at)), use_figure_ == UseFigure::leases};
}

void WindowRecorder::forget_totals() {
  uses_.reset();
  waits_.reset();
}

}  // namespace dbpool
