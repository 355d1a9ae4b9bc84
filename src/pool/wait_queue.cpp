#include "pool/wait_queue.hpp"

#include <execinfo.h>

#include <utility>

namespace dbpool {

void Waiter::capture_stack() noexcept {
  stack_depth = ::backtrace(stack.data(), static_cast<int>(stack.size()));
}

void WaitQueue::push_back(Waiter& waiter) noexcept {
  waiter.ahead = back_;
  waiter.behind = nullptr;
  (back_ != nullptr ? back_->behind : front_) = &waiter;
  back_ = &waiter;
  ++size_;
}

void WaitQueue::put_back(Waiter& waiter) noexcept {
  Waiter* next = front_;
  while (next != nullptr && next->began <= waiter.began) next = next->behind;
  if (next == nullptr) return push_back(waiter);
  waiter.behind = next;
  waiter.ahead = std::exchange(next->ahead, &waiter);
  (waiter.ahead != nullptr ? waiter.ahead->behind : front_) = &waiter;
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
