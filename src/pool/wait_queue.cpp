#include "pool/wait_queue.hpp"

namespace dbpool {

void WaitQueue::push_back(Waiter& waiter) noexcept {
  waiter.ahead = back_;
  waiter.behind = nullptr;
  (back_ != nullptr ? back_->behind : front_) = &waiter;
  back_ = &waiter;
  ++size_;
}

void WaitQueue::push_front(Waiter& waiter) noexcept {
  waiter.ahead = nullptr;
  waiter.behind = front_;
  (front_ != nullptr ? front_->ahead : back_) = &waiter;
  front_ = &waiter;
  ++size_;
}

void WaitQueue::remove(Waiter& waiter) noexcept {
  (waiter.ahead != nullptr ? waiter.ahead->behind : front_) = waiter.behind;
  (waiter.behind != nullptr ? waiter.behind->ahead : back_) = waiter.ahead;
  --size_;
}

Waiter& WaitQueue::pop_front() noexcept {
  Waiter& first = *front_;
  remove(first);
  return first;
}

}  // namespace dbpool
