#include "sources/push/push_source.hpp"

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "dbpool/sync/guarded.hpp"
#include "sources/reading.hpp"
#include "sources/recent_errors.hpp"
#include "sources/recurring.hpp"

namespace dbpool {
namespace {

constexpr Duration look = std::chrono::seconds(5);             ///< from one look at the hints to the next
constexpr Duration silent_failures = std::chrono::seconds(1);  ///< after the start
constexpr Duration silent_pause = std::chrono::milliseconds(50);

/// Whether there were errors lately is not known of a pool that no sender reports.
void forget_errors_of(std::vector<PoolSnapshot>& pools, const std::set<std::string>& silent) {
  for (PoolSnapshot& pool : pools) {
    if (!silent.contains(pool.label())) continue;
    pool.errors_recent.reset();
    pool.errors_last_hour.reset();
  }
}

}  // namespace

/// Opens the door, and from then on looks at what was pushed. A turn is an attempt or a look.
class PushSource::Core : public Recurring {
 public:
  Core(PushParts parts, const Runtime& runtime, OnReading on_reading)
      : Recurring(runtime),
        parts_(std::move(parts)),
        on_reading_(std::move(on_reading)),
        silent_until_(clock().now() + silent_failures),
        shown_(parts_.error_window) {}

  const ProbeOptions& options() const noexcept { return parts_.options; }

  std::shared_ptr<const Reading> reading() {
    const TimePoint now = clock().now();
    const auto shown = shown_.access();
    const bool is_recent = shown->reading && now - shown->made < look;
    auto pushed = parts_.pools->read(now, is_recent ? shown->reading->pushed : std::nullopt);
    if (!pushed) return shown->reading;
    shown->made = now;
    return shown->reading = std::make_shared<const Reading>(made(*shown, std::move(*pushed), now));
  }

  std::vector<LeakReport> leaks(const std::string& pool) {
    const auto shown = shown_.access();
    const auto found = shown->leaks.find(pool);
    return found == shown->leaks.end() ? std::vector<LeakReport>() : found->second;
  }

  /// Begins no further turn, and closes the door.
  void close() {
    stop();
    const std::unique_ptr<PushDoor> closing = std::move(shown_.access()->door);
  }

 private:
  struct Shown {
    explicit Shown(Duration error_window) : recent_errors(error_window) {}

    std::unique_ptr<PushDoor> door;
    bool settled = false;
    std::string error;  ///< why there is no door
    RecentErrors recent_errors;
    std::map<std::string, std::vector<LeakReport>> leaks;  ///< as of a ProbeResult
    std::shared_ptr<const Reading> reading;                ///< nullptr = the door has changed
    TimePoint made;
  };

  void turn() override { is_open_ ? tend() : open(); }

  void open() {
    try {
      std::unique_ptr<PushDoor> door = parts_.open();
      const auto shown = shown_.access();
      if (stopped()) return;  // the door closes when the lock is free
      std::swap(shown->door, door);
      shown->settled = true;
      shown->error.clear();
      shown->reading = nullptr;
    } catch (const std::exception& error) {
      return fail(error.what());
    }
    is_open_ = true;
    tend();
  }

  void fail(const std::string& why) {
    if (began() < silent_until_) return next_turn_at(began() + silent_pause);
    {
      const auto shown = shown_.access();
      shown->settled = true;
      shown->error = why;
      shown->reading = nullptr;
    }
    report();
    rest_after_failure(Duration(0));
  }

  void tend() {
    parts_.pools->forget(clock().now());
    report();
    rest(look);
  }

  void report() {
    if (on_reading_) on_reading_({parts_.options.name, parts_.options.kind, *reading(), {}});
  }

  Reading made(Shown& shown, PushedReading pushed, TimePoint now) const {
    ProbeResult& result = pushed.result;
    settle(result, parts_.options.limit);
    shown.recent_errors.complete(result.pools, now.time_since_epoch(), clock().wall());
    forget_errors_of(result.pools, pushed.silent);
    Reading next;
    next.pushed = pushed.counts;
    next.settled = shown.settled;
    if (shown.settled) next.up = shown.door != nullptr;
    next.last_error = shown.error;
    next.dropped_pools = result.dropped;
    next.hints = std::move(result.hints);
    next.pools = std::move(result.pools);
    shown.leaks = std::move(result.leaks);
    return next;
  }

  const PushParts parts_;
  const OnReading on_reading_;
  const TimePoint silent_until_;
  Guarded<Shown> shown_;
  bool is_open_ = false;  ///< used only by the running task
};

PushSource::PushSource(PushParts parts, const Runtime& runtime, OnReading on_reading)
    : core_(std::make_shared<Core>(std::move(parts), runtime, std::move(on_reading))) {
  core_->start();
}

PushSource::~PushSource() {
  core_->close();
}

const std::string& PushSource::name() const noexcept {
  return core_->options().name;
}
SourceKind PushSource::kind() const noexcept {
  return core_->options().kind;
}
std::shared_ptr<const PoolSource::Reading> PushSource::read() const {
  return core_->reading();
}
std::vector<LeakReport> PushSource::leaks(const std::string& pool) const {
  return core_->leaks(pool);
}

}  // namespace dbpool
