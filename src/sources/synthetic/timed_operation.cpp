#include "sources/synthetic/timed_operation.hpp"

#include <algorithm>
#include <utility>

namespace dbpool {
namespace {

constexpr Duration look_around = std::chrono::seconds(1);

}  // namespace

std::optional<IoWait> TimedOperation::advance(TimePoint now) {
  if (!began_) began_ = {clock_.tick(), now + timeout_};
  auto wait = operation_.advance(now);
  if (!wait) {
    took_ = clock_.tick() - began_->tick;
    return std::nullopt;
  }
  if (now < began_->deadline) {
    wait->until = std::min(wait->until, began_->deadline);
    return wait;
  }
  if (!std::exchange(late_, true)) listener_.late();
  if (listener_.leaves()) throw DriverError(ErrorKind::timeout, "given up without an answer");
  wait->until = std::min(wait->until, now + look_around);
  return wait;
}

}  // namespace dbpool
