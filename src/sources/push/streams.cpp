#include "sources/push/streams.hpp"

#include <algorithm>
#include <chrono>
#include <ranges>

namespace dbpool {
namespace {

/// Silence after which a stream has surely ended, so that a new one may take its place.
constexpr auto longest_pause = std::chrono::minutes(10);

}  // namespace

Streams::Place Streams::place(const PointTime& at, Temporality temporality) {
  step_ = 0;
  auto found = find(at.start, temporality);
  if (!found && temporality == Temporality::delta) {
    if (repeats(at)) return {.rejected = RejectReason::stale};
    found = followed_by(at);
  }
  if (!found) return begin(at, temporality);
  Stream& stream = streams_[*found];
  if (at.time <= stream.time) return {.rejected = RejectReason::stale};
  step_ = at.time - std::min(at.time, std::max(stream.time, at.start));
  stream = Stream{at.start, at.time, at.arrived, stream.is_delta};
  return {.index = *found};
}

std::optional<std::size_t> Streams::find(std::uint64_t start, Temporality temporality) const {
  const bool is_delta = temporality == Temporality::delta;
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    if (streams_[i].start == start && streams_[i].is_delta == is_delta) return i;
  }
  return std::nullopt;
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
