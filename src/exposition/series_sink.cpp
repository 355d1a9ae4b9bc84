#include "exposition/series_sink.hpp"

#include "model/seconds.hpp"

namespace dbpool {

void SeriesSink::add(const std::optional<WallTime>& time) {
  if (time) add(seconds_of(time->time_since_epoch()));
}

}  // namespace dbpool
