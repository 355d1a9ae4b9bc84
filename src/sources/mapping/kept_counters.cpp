#include "sources/mapping/kept_counters.hpp"

#include <algorithm>
#include <utility>

namespace dbpool {

double KeptCounters::kept(const std::string& key, double difference, double minuend) {
  const auto before = last_.find(key);
  const bool goes_on = before != last_.end() && minuend >= before->second.minuend;
  const double shown = goes_on ? std::max(difference, before->second.difference) : difference;
  now_.insert_or_assign(key, Counter{shown, minuend});
  return shown;
}

void KeptCounters::next_reading() {
  last_ = std::exchange(now_, {});
}

}  // namespace dbpool
