#pragma once

#include <atomic>
#include <string>
#include <variant>

#include "dbpool/pool/pool_observer.hpp"

namespace dbpool {
/// Counts the notices of a pool that would alarm an operator. Any thread.
class EventWitness : public PoolObserver {
 public:
  void notify(const std::string&, const PoolNotice& what) noexcept override {
    const bool alarms = std::holds_alternative<notice::ConnectionLost>(what) ||
                        std::holds_alternative<notice::Recovered>(what) ||
                        std::holds_alternative<notice::Failure>(what);
    alarms_ += alarms ? 1 : 0;
  }
  int alarms() const noexcept { return alarms_; }

 private:
  std::atomic<int> alarms_ = 0;
};

}  // namespace dbpool
