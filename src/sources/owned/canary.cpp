#include "sources/owned/canary.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

#include "sources/recurring.hpp"

namespace dbpool {
namespace {

/// The longest rest before a loop checks again whether the pool is serving.
constexpr Duration longest_rest = std::chrono::milliseconds(500);
/// The rest after a connection that had ended; by then the pool knows whether it can open others.
constexpr Duration short_rest = std::chrono::milliseconds(100);

}  // namespace

/// One loop. What waits for the pool keeps it alive.
class Canary::Loop : public Recurring {
 public:
  Loop(std::weak_ptr<Pool> pool, const CanaryOptions& options, const Runtime& runtime)
      : Recurring(runtime), pool_(std::move(pool)), options_(options) {}

  bool querying() const noexcept { return querying_; }

 private:
  void turn() override {
    const auto pool = pool_.lock();
    if (pool == nullptr) return;
    if (pool->phase() != PoolPhase::serving) {
      repeats_ = false;
      return turn_after(std::min(options_.interval, longest_rest));
    }
    const auto purpose = options_.hold == Duration::zero() ? LeasePurpose::probe : LeasePurpose::work;
    pool->acquire_async(
        {.timeout = {}, .site = "canary"}, purpose,
        [this, self = shared_from_this()](std::optional<Lease> lease, const std::exception_ptr&) {
          // The pool has counted the failure.
          if (!lease) return turn_after(options_.interval);
          query(std::move(*lease));
        });
  }

  void query(Lease lease) {
    querying_ = true;
    Lease::check_async(std::move(lease), options_.query, [this, self = shared_from_this()](Lease checked) {
      querying_ = false;
      // Otherwise no turn would get an answer from a server that closes idle connections.
      const bool ended = checked.has_ended();
      if (ended && !std::exchange(repeats_, true)) return repeat(std::move(checked));
      repeats_ = false;
      hold(std::move(checked));
    });
  }
  void repeat(Lease lease) {
    lease.release();
    turn_after(std::min(options_.interval, short_rest));
  }
  void hold(Lease lease) {
    if (stopped() || options_.hold == Duration::zero()) {
      lease.release();
      return turn_after(options_.interval);
    }
    // A std::function must be copyable; a lease is not.
    const auto held = std::make_shared<Lease>(std::move(lease));
    runtime().scheduler->at(clock().now() + options_.hold, [this, self = shared_from_this(), held] {
      held->release();
      turn_after(options_.interval);
    });
  }
  void turn_after(Duration wait) { next_turn_at(clock().now() + wait); }

  const std::weak_ptr<Pool> pool_;
  const CanaryOptions options_;
  std::atomic<bool> querying_ = false;
  bool repeats_ = false;  // this turn repeats one whose connection had ended; only the running task uses it
};

Canary::Canary(const std::shared_ptr<Pool>& pool, const CanaryOptions& options, const Runtime& runtime) {
  if (options.interval == Duration::zero()) return;
  for (unsigned i = 0; i < options.concurrency; ++i) {
    loops_.push_back(std::make_shared<Loop>(pool, options, runtime));
    loops_.back()->start();
  }
}

Canary::~Canary() {
  stop();
}

void Canary::stop() noexcept {
  for (const auto& loop : loops_) loop->stop();
}

std::size_t Canary::querying() const noexcept {
  return static_cast<std::size_t>(
      std::ranges::count_if(loops_, [](const auto& loop) { return loop->querying(); }));
}

}  // namespace dbpool
