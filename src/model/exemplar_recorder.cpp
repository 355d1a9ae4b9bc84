#include "dbpool/model/exemplar_recorder.hpp"

#include "model/seconds.hpp"

namespace dbpool {

Histogram::Exemplars ExemplarRecorder::value() const {
  Histogram::Exemplars exemplars;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const Slot& slot = slots_[i];
    if (slot.until == Duration::min()) continue;
    exemplars.resize(slots_.size());
    exemplars[i] = Exemplar{seconds_of(slot.value), slot.time, slot.labels.value()};
  }
  return exemplars;
}

}  // namespace dbpool
