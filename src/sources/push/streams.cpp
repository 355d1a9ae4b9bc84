#include "sources/push/streams.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>

namespace dbpool {
namespace {

/// Silence after which a stream has surely ended, so that a new one may take its place.
constexpr auto longest_pause = std::chrono::minutes(10);

}  // namespace

Streams::Place Streams::place(const PointTime& at, Temporality temporality) {
  step_ = 0;
  auto found = std::ranges::find(streams_, at.start, &Stream::start);
  if (found == streams_.end() && temporality == Temporality::delta) {
    if (repeats(at)) return {.rejected = RejectReason::stale};
    found = followed_by(at);
  }
  if (found == streams_.end()) return begin(at);
  if (at.time <= found->time) return {.rejected = RejectReason::stale};
  step_ = at.time - std::min(at.time, std::max(found->time, at.start));
  *found = Stream{at.start, at.time, at.arrived};
  return {.index = static_cast<std::size_t>(found - streams_.begin())};
}

/// Returns whether a delta point lies before the last interval of a stream, unless it continues another one.
bool Streams::repeats(const PointTime& at) const {
  return std::ranges::find(streams_, at.start, &Stream::time) == streams_.end() &&
         std::ranges::any_of(streams_, [&](const Stream& stream) { return at.time <= stream.start; });
}

/// Returns the stream that ended last before a delta point begins; end if all overlap with it.
std::vector<Stream>::iterator Streams::followed_by(const PointTime& at) {
  auto latest = streams_.end();
  for (auto stream = streams_.begin(); stream != streams_.end(); ++stream) {
    if (stream->time > at.start) continue;
    if (latest == streams_.end() || stream->time > latest->time) latest = stream;
  }
  return latest;
}

Streams::Place Streams::begin(const PointTime& at) {
  if (!at.has_room) return {.rejected = RejectReason::limit};
  const Stream stream{at.start, at.time, at.arrived};
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
