#include "sources/push/streams.hpp"

#include <algorithm>
#include <chrono>
#include <ranges>

namespace dbpool {
namespace {

/// Silence after which a stream has surely ended, so that a new one may take its place.
constexpr auto longest_pause = std::chrono::minutes(10);

}  // namespace

Streams::Place Streams::place(const PointTime& at, Temporality temporality, const Lead& lead) {
  step_ = 0;
  if (at.time <= at.counted_until) return {.rejected = RejectReason::stale};
  return temporality == Temporality::delta ? place_delta(at) : place_cumulative(at, lead);
}

Streams::Place Streams::place_delta(const PointTime& at) {
  auto found = find(at.start, Temporality::delta);
  if (!found) {
    if (repeats(at)) return {.rejected = RejectReason::stale};
    found = followed_by(at);
  }
  return found ? go_on(*found, at) : begin(at, Temporality::delta);
}

Streams::Place Streams::place_cumulative(const PointTime& at, const Lead& lead) {
  const auto newest = find(at.start, Temporality::cumulative);
  if (!newest) {
    Place place = begin(at, Temporality::cumulative);
    place.is_baseline = at.counted_until != 0 && at.start <= at.counted_until;
    return place;
  }
  const auto best = least_behind(at, *newest, lead);
  if (!best) return begin_again(*newest, at);
  const Place place = go_on(*best, at);
  if (!place.rejected && best != newest) {
    streams_[*best].is_resumed = true;
    // One that was reset goes on from there; it does not go back to where it was.
    has_shared_start_ = has_shared_start_ || streams_[*newest].is_resumed;
  }
  return place;
}

/// Returns the stream of the same start that the point is ahead of by least; nullopt if it is behind all.
std::optional<std::size_t> Streams::least_behind(const PointTime& at, std::size_t newest,
                                                 const Lead& lead) const {
  std::optional<std::size_t> best;
  double least = 0;
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    const Stream& stream = streams_[i];
    if (stream.is_delta || stream.start != at.start) continue;
    const bool may_go_on = i == newest || stream.is_resumed || at.arrived - stream.arrived < longest_pause;
    const auto ahead = may_go_on ? lead(i) : std::nullopt;
    if (!ahead || (best && *ahead >= least)) continue;
    best = i;
    least = *ahead;
  }
  return best;
}

Streams::Place Streams::go_on(std::size_t index, const PointTime& at) {
  Stream& stream = streams_[index];
  if (at.time <= stream.time) return {.rejected = RejectReason::stale};
  step_ = at.time - std::min(at.time, std::max(stream.time, at.start));
  stream.start = at.start;
  stream.time = at.time;
  stream.arrived = at.arrived;
  return {.index = index};
}

/// Begins another stream of the same start or, where there is no room for one, the newest one again.
Streams::Place Streams::begin_again(std::size_t newest, const PointTime& at) {
  if (at.time <= streams_[newest].time) return {.rejected = RejectReason::stale};
  const Place begun = begin(at, Temporality::cumulative);
  if (!begun.rejected) return begun;
  streams_[newest] = Stream{at.start, at.time, at.arrived};
  return {.index = newest, .is_new = true};
}

std::optional<std::size_t> Streams::find(std::uint64_t start, Temporality temporality) const {
  const bool is_delta = temporality == Temporality::delta;
  std::optional<std::size_t> newest;
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    if (streams_[i].start != start || streams_[i].is_delta != is_delta) continue;
    if (!newest || streams_[i].arrived >= streams_[*newest].arrived) newest = i;
  }
  return newest;
}

/// Returns whether a delta point lies before the last interval of a stream, unless it continues another one.
bool Streams::repeats(const PointTime& at) const {
  auto deltas = streams_ | std::views::filter(&Stream::is_delta);
  return std::ranges::find(deltas, at.start, &Stream::time) == deltas.end() &&
         std::ranges::any_of(deltas, [&](const Stream& stream) { return at.time <= stream.start; });
}

/// Returns the delta stream that ended last before a point begins; nullopt if all overlap with it.
std::optional<std::size_t> Streams::followed_by(const PointTime& at) const {
  std::optional<std::size_t> latest;
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    if (!streams_[i].is_delta || streams_[i].time > at.start) continue;
    if (!latest || streams_[i].time > streams_[*latest].time) latest = i;
  }
  return latest;
}

Streams::Place Streams::begin(const PointTime& at, Temporality temporality) {
  if (!at.has_room) return {.rejected = RejectReason::limit};
  const Stream stream{at.start, at.time, at.arrived, temporality == Temporality::delta};
  if (streams_.size() < most) {
    streams_.push_back(stream);
    return {.index = streams_.size() - 1, .is_new = true};
  }
  const auto oldest = std::ranges::min_element(streams_, {}, &Stream::arrived);
  if (at.arrived - oldest->arrived < longest_pause) return {.rejected = RejectReason::limit};
  *oldest = stream;
  return {.index = static_cast<std::size_t>(oldest - streams_.begin()), .is_new = true};
}

}  // namespace dbpool
