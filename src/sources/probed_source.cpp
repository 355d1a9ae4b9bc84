#include "sources/probed_source.hpp"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <set>
#include <utility>

#include "dbpool/sync/guarded.hpp"
#include "model/seconds.hpp"
#include "model/utf8.hpp"
#include "pool/backoff.hpp"

namespace dbpool {
namespace {

constexpr Duration first_pause = std::chrono::seconds(1);
constexpr Duration longest_pause = std::chrono::seconds(16);

/// Converts the target's pool names to valid UTF-8, so that from here on a pool has one name. Keeps the first
/// of several pools with the same name.
void settle_names(ProbeResult& result) {
  std::set<std::string> names;
  std::map<std::string, std::vector<LeakReport>> leaks;
  std::vector<PoolSnapshot> pools;
  for (PoolSnapshot& pool : result.pools) {
    const std::string raw = std::exchange(pool.pool, valid_utf8(pool.pool));
    if (!names.insert(pool.pool).second) continue;
    for (std::string* const text : {&pool.info.driver, &pool.info.database, &pool.info.user})
      *text = valid_utf8(*text);
    const auto found = result.leaks.find(raw);
    if (found != result.leaks.end()) leaks.emplace(pool.pool, std::move(found->second));
    pools.push_back(std::move(pool));
  }
  result.pools = std::move(pools);
  result.leaks = std::move(leaks);
}

/// Returns how many pools beyond `limit` were dropped.
std::uint64_t bound(ProbeResult& result, std::size_t limit) {
  auto& pools = result.pools;
  if (result.dropped) return *result.dropped;
  const std::size_t dropped = pools.size() - std::min(pools.size(), limit);
  pools.resize(pools.size() - dropped);
  return dropped;
}

/// Returns a copy with only the name, for a source that cannot be read.
PoolSnapshot known_by_name(const PoolSnapshot& pool) {
  PoolSnapshot named;
  named.pool = pool.pool;
  named.unread = true;
  return named;
}

}  // namespace

/// The loop: a chain of tasks, each of which starts the next, so that no two of them run at the same time.
class ProbedSource::Reader : public std::enable_shared_from_this<Reader> {
 public:
  Reader(const ProbeOptions& options, std::unique_ptr<Probe> probe, const Runtime& runtime,
         OnReading on_reading)
      : options_(options), runtime_(runtime), on_reading_(std::move(on_reading)), probe_(std::move(probe)) {
    Reading none;
    none.reads = none.read_failures = none.dropped_pools = 0;
    publish(std::move(none), {});
  }

  void begin() {
    if (stopped_) return;
    began_ = runtime_.clock->now();
    reading_ = probe_->start_read(Deadline(began_ + options_.timeout));
    // The reader owns the operation: the task may still hold its pointer when the next reading starts on
    // another worker, and a probe allows one operation at a time. The pointer keeps the reader, and so the
    // probe, alive.
    const std::shared_ptr<Operation> operation(shared_from_this(), reading_.get());
    run_on(runtime_.scheduler, operation,
           [self = shared_from_this()](const std::exception_ptr& failure) { self->end(failure); });
  }
  void stop() noexcept { stopped_ = true; }

  const ProbeOptions& options() const noexcept { return options_; }
  std::shared_ptr<const Reading> reading() const { return last_.access()->reading; }
  std::vector<LeakReport> leaks(const std::string& pool) const {
    const auto last = last_.access();
    const auto found = last->leaks.find(pool);
    return found == last->leaks.end() ? std::vector<LeakReport>() : found->second;
  }

 private:
  using Leaks = std::map<std::string, std::vector<LeakReport>>;
  struct Last {
    std::shared_ptr<const Reading> reading;
    Leaks leaks;
  };

  void end(const std::exception_ptr& failure) {
    Duration pause = options_.interval;
    std::string problem;
    std::vector<std::string> hints;
    try {
      if (failure) std::rethrow_exception(failure);
      ProbeResult result = reading_->take();
      hints = result.hints;
      succeed(std::move(result));
      backoff_.reset();
    } catch (const std::exception& error) {
      problem = error.what();
      fail(problem);
      pause = std::max(pause, backoff_.next());
    }
    reading_.reset();
    if (on_reading_) on_reading_(options_.name, problem, hints);
    const TimePoint next = std::max(began_ + pause, runtime_.clock->now());
    runtime_.scheduler->at(next, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->begin();
    });
  }

  void succeed(ProbeResult result) {
    settle_names(result);
    const std::uint64_t dropped = bound(result, options_.limit);
    Reading next{next_state(*reading()), std::move(result.pools)};
    next.up = true;
    next.last_success = runtime_.clock->wall();
    next.last_success_at = runtime_.clock->now();
    next.last_error.clear();
    next.hints = std::move(result.hints);
    next.dropped_pools = dropped;
    publish(std::move(next), std::move(result.leaks));
  }

  void fail(const std::string& why) {
    const auto last = reading();
    Reading next{next_state(*last), {}};
    next.up = false;
    next.last_error = why;
    next.hints.clear();
    ++*next.read_failures;
    std::ranges::transform(last->pools, std::back_inserter(next.pools), known_by_name);
    publish(std::move(next), {});
  }

  /// Returns the state after one more reading, whose outcome the caller fills in.
  State next_state(const State& last) const {
    State state = last;
    state.settled = true;
    ++*state.reads;
    state.read_seconds = seconds_of(runtime_.clock->now() - began_);
    return state;
  }

  void publish(Reading next, Leaks leaks) {
    Last last{std::make_shared<const Reading>(std::move(next)), std::move(leaks)};
    std::swap(*last_.access(), last);  // the one before is destroyed after the lock is free
  }

  const ProbeOptions options_;
  const Runtime runtime_;
  const OnReading on_reading_;
  std::atomic<bool> stopped_ = false;
  Guarded<Last> last_;
  // Used only by the running task.
  const std::unique_ptr<Probe> probe_;
  std::unique_ptr<ProbeOperation> reading_;
  Backoff backoff_{first_pause, longest_pause};
  TimePoint began_;
};

ProbedSource::ProbedSource(const ProbeOptions& options, std::unique_ptr<Probe> probe, const Runtime& runtime,
                           OnReading on_reading)
    : reader_(std::make_shared<Reader>(options, std::move(probe), runtime, std::move(on_reading))) {
  runtime.scheduler->post([reader = reader_] { reader->begin(); });
}

ProbedSource::~ProbedSource() {
  reader_->stop();
}

const std::string& ProbedSource::name() const noexcept {
  return reader_->options().name;
}
SourceKind ProbedSource::kind() const noexcept {
  return reader_->options().kind;
}
std::shared_ptr<const PoolSource::Reading> ProbedSource::read() const {
  return reader_->reading();
}
std::vector<LeakReport> ProbedSource::leaks(const std::string& pool) const {
  return reader_->leaks(pool);
}

}  // namespace dbpool
