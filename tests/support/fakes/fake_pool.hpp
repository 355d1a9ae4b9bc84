#pragma once

#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "dbpool/pool/pool.hpp"
#include "support/fakes/fake_driver.hpp"
#include "support/fakes/manual_scheduler.hpp"

namespace dbpool::test {

/// Returns default options with these sizes.
inline PoolOptions sized(unsigned min, unsigned max, Validate validate = Validate::stale) {
  PoolOptions options;
  options.name = "orders";
  options.min_size = min;
  options.max_size = max;
  options.validate = validate;
  return options;
}

/// Keeps the notices of a pool.
class RecordingObserver : public PoolObserver {
 public:
  void notify(const std::string&, const PoolNotice& what) noexcept override {
    const std::lock_guard lock(mutex_);
    notices_.push_back(what);
  }
  template <typename Notice>
  std::vector<Notice> all() const {
    const std::lock_guard lock(mutex_);
    std::vector<Notice> found;
    for (const auto& n : notices_) {
      if (const auto* one = std::get_if<Notice>(&n)) found.push_back(*one);
    }
    return found;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<PoolNotice> notices_;
};

/// A pool on a fake database with a fake clock.
struct FakePool {
  explicit FakePool(PoolOptions options = {}) {
    pool.emplace(std::move(options), std::make_shared<FakeDriver>(database), Runtime{scheduler, clock},
                 observer);
    scheduler->run();
  }
  FakePool(PoolOptions options, const std::function<void(FakeDatabase&)>& prepare) {
    prepare(*database);
    pool.emplace(std::move(options), std::make_shared<FakeDriver>(database), Runtime{scheduler, clock},
                 observer);
    scheduler->run();
  }

  /// Waiting requests own the pool's state, which owns the scheduler.
  ~FakePool() { scheduler->stop(); }

  Pool* operator->() { return &*pool; }
  PoolSnapshot now() const { return pool->snapshot(); }
  void advance(Duration d) { scheduler->advance(d); }
  /// Waits until `n` callers on other threads wait in the pool.
  void until_waiting(std::uint64_t n) {
    while (pool->snapshot().waiting != n) std::this_thread::yield();
  }

  std::shared_ptr<FakeClock> clock = std::make_shared<FakeClock>();
  std::shared_ptr<ManualScheduler> scheduler = std::make_shared<ManualScheduler>(clock);
  std::shared_ptr<FakeDatabase> database = std::make_shared<FakeDatabase>(clock);
  std::shared_ptr<RecordingObserver> observer = std::make_shared<RecordingObserver>();
  std::optional<Pool> pool;
};

}  // namespace dbpool::test
