#include "sources/owned/canary.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

namespace dbpool {
namespace {

/// The longest rest before a loop checks again whether the pool is serving.
constexpr Duration longest_rest = std::chrono::milliseconds(500);
/// The rest after a connection that had ended; by then the pool knows whether it can open others.
constexpr Duration short_rest = std::chrono::milliseconds(100);

}  // namespace

/// One loop: a chain of tasks, each of which starts the next, so that no two of them run at the same time.
class Canary::Loop : public std::enable_shared_from_this<Loop> {
 public:
  Loop(std::weak_ptr<Pool> pool, const CanaryOptions& options, const Runtime& runtime)
      : pool_(std::move(pool)), options_(options), runtime_(runtime) {}

  void turn() {
    const auto pool = pool_.lock();
    if (pool == nullptr || stopped_) return;
    if (pool->phase() != PoolPhase::serving) {
      repeats_ = false;
      return turn_after(std::min(options_.interval, longest_rest));
    }
    const auto purpose = options_.hold == Duration::zero() ? LeasePurpose::probe : LeasePurpose::work;
    pool->acquire_async({.timeout = {}, .site = "canary"}, purpose,
                        [self = shared_from_this()](std::optional<Lease> lease, const std::exception_ptr&) {
                          // The pool has counted the failure.
                          if (!lease) return self->turn_after(self->options_.interval);
                          self->query(std::move(*lease));
                        });
  }
  void stop() noexcept { stopped_ = true; }
  bool querying() const noexcept { return querying_; }

 private:
  void query(Lease lease) {
    querying_ = true;
    Lease::check_async(std::move(lease), options_.query, [self = shared_from_this()](Lease checked) {
      self->querying_ = false;
      // Otherwise no turn would get an answer from a server that closes idle connections.
      const bool ended = checked.has_ended();
      if (ended && !std::exchange(self->repeats_, true)) return self->repeat(std::move(checked));
      self->repeats_ = false;
      self->hold(std::move(checked));
    });
  }
  void repeat(Lease lease) {
    lease.release();
    turn_after(std::min(options_.interval, short_rest));
  }
  void hold(Lease lease) {
    if (stopped_ || options_.hold == Duration::zero()) {
      lease.release();
      return turn_after(options_.interval);
    }
    // A std::function must be copyable; a lease is not.
    const auto held = std::make_shared<Lease>(std::move(lease));
    runtime_.scheduler->at(runtime_.clock->now() + options_.hold, [self = shared_from_this(), held] {
      held->release();
      self->turn_after(self->options_.interval);
    });
  }
  void turn_after(Duration wait) {
    if (stopped_) return;
    runtime_.scheduler->at(runtime_.clock->now() + wait, [self = shared_from_this()] { self->turn(); });
  }

  const std::weak_ptr<Pool> pool_;
  const CanaryOptions options_;
  const Runtime runtime_;
  std::atomic<bool> stopped_ = false;
  std::atomic<bool> querying_ = false;
  bool repeats_ = false;  // this turn repeats one whose connection had ended; only the running task uses it
};

Canary::Canary(const std::shared_ptr<Pool>& pool, const CanaryOptions& options, const Runtime& runtime) {
  if (options.interval == Duration::zero()) return;
  for (unsigned i = 0; i < options.concurrency; ++i) {
    loops_.push_back(std::make_shared<Loop>(pool, options, runtime));
    runtime.scheduler->post([loop = loops_.back()] { loop->turn(); });
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
