#include "pool/after_unlock.hpp"

#include <utility>

#include "pool/pool_core.hpp"

namespace dbpool {

AfterUnlock::Work* AfterUnlock::operator->() {
  if (!work_) {
    work_ = std::make_unique<Work>();
    work_->core = core_.shared_from_this();
  }
  return work_.get();
}

void AfterUnlock::run_unlocked(std::unique_lock<std::mutex>& lock) {
  if (!work_) return;
  lock.unlock();
  run();
  lock.lock();
}

void AfterUnlock::run() {
  const auto work = std::exchange(work_, nullptr);
  const auto& scheduler = core_.runtime_.scheduler;
  for (const auto& what : work->notices) {
    if (core_.observer_) core_.observer_->notify(core_.options_.name, what);
  }
  for (auto& task : work->tasks) scheduler->post(std::move(task));
  for (const auto& [when, wait, act] : work->later) {
    scheduler->at(when, [weak = core_.weak_from_this(), wait = wait, act = act] {
      if (const auto core = weak.lock()) ((*core).*act)(wait);
    });
  }
  for (unsigned i = 0; i < work->opens; ++i) core_.open_one();
  for (Slot* slot : work->checks) core_.start_check(*slot);
}

}  // namespace dbpool
