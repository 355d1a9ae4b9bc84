#include "sources/recurring.hpp"

#include <algorithm>
#include <utility>

namespace dbpool {

void Recurring::start() {
  runtime_.scheduler->post([self = shared_from_this()] { self->begin(); });
}

void Recurring::begin() {
  if (stopped_) return;
  began_ = clock().now();
  turn();
}

void Recurring::run(Operation& operation, std::function<void(const std::exception_ptr&)> done) {
  // The task may still hold its pointer when `done` runs, so the pointer does not own the operation: it keeps
  // this object, and with it everything that the operation uses.
  const std::shared_ptr<Operation> held(shared_from_this(), &operation);
  run_on(runtime_, held,
         [self = shared_from_this(), done = std::move(done)](const auto& failure) { done(failure); });
}

void Recurring::next_turn_at(TimePoint moment) {
  if (stopped_) return;
  runtime_.scheduler->at(std::max(moment, clock().now()), [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->begin();
  });
}

}  // namespace dbpool
