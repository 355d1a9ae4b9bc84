#include "pool/change.hpp"

#include <utility>

#include "pool/pool_core.hpp"

namespace dbpool {

void Change::close(std::unique_ptr<Connection> connection) {
  work().closing.push_back(std::move(connection));
}

void Change::notify(PoolNotice notice) {
  work().notices.push_back(std::move(notice));
}

void Change::post(Scheduler::Task task) {
  work().tasks.push_back(std::move(task));
}

void Change::at(TimePoint moment, std::function<void(PoolCore&)> act) {
  work().later.push_back({moment, std::move(act)});
}

void Change::check(Slot& slot) {
  slot.state = Slot::State::checking;
  ++state_->checking;
  work().checks.push_back(&slot);
}

void Change::open(std::size_t connects) {
  if (connects == 0) return;
  state_->opening += static_cast<unsigned>(connects);
  work().opens += connects;
}

void Change::work_unlocked() {
  if (!work_) return;
  finish();
  lock().lock();
}

Change::Work& Change::work() {
  if (!work_) {
    work_ = std::make_unique<Work>();
    work_->core = core_.shared_from_this();
  }
  return *work_;
}

/// Unlocks, then does the work, which may destroy the core.
void Change::finish() {
  lock().unlock();
  const auto work = std::exchange(work_, nullptr);
  const auto& scheduler = core_.runtime_.scheduler;
  for (const auto& notice : work->notices) {
    if (core_.observer_) core_.observer_->notify(core_.options_.name, notice);
  }
  for (auto& task : work->tasks) scheduler->post(std::move(task));
  for (auto& [moment, act] : work->later) {
    scheduler->at(moment, [weak = core_.weak_from_this(), act = std::move(act)] {
      if (const auto core = weak.lock()) act(*core);
    });
  }
  for (std::size_t i = 0; i < work->opens; ++i) core_.open_one();
  for (Slot* slot : work->checks) core_.start_check(*slot);
}

}  // namespace dbpool
