#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dbpool/sync/scheduler.hpp"
#include "snapshot/pool_source.hpp"
#include "sources/probe.hpp"
#include "sources/probe_options.hpp"
#include "sources/probed_source.hpp"
#include "sources/push/push_door.hpp"

namespace dbpool {

/// What was pushed to one source, as it was at one moment.
struct PushedReading {
  ProbeResult result;  ///< with the number of pools beyond the limit
  /// The labels of the pools that no sender reports at present, so that their counters stand still for no
  /// reason of their own.
  std::set<std::string> silent;
  PushCounts counts;
};

/// The pools of all that senders have pushed to one source. Any thread may call it; a call takes a short
/// lock, once.
class PushedPools {
 public:
  virtual ~PushedPools() = default;
  /// Returns what there is now; nullopt if nothing was pushed and no value got too old since the last
  /// reading, which is the caller's. `known`: the counts of the caller's last reading; nullopt = it needs a
  /// new one.
  virtual std::optional<PushedReading> read(TimePoint now, const std::optional<PushCounts>& known) = 0;
  /// Forgets what was silent for long.
  virtual void forget(TimePoint now) = 0;
};

/// The parts of one push source.
struct PushParts {
  ProbeOptions options;  ///< its intervals are not used
  Duration error_window;
  std::shared_ptr<PushedPools> pools;
  OpenDoor open;
};

/// A source that senders push to. It opens its door, and tries again after growing pauses while it cannot;
/// within the first second at once and silently, because after a reload the source before it closes the same
/// port a moment later. Any thread may call it.
///
/// Locking: one mutex guards the door and the last reading. A reading is made under it, without I/O.
class PushSource : public PoolSource {
 public:
  /// Opens the door at once, on the scheduler. Does not block. `on_reading` is called when the door has
  /// opened, has failed to open, and then every 5 s with the hints of the reading; on a worker, without a
  /// lock.
  PushSource(PushParts parts, const Runtime& runtime, OnReading on_reading);
  /// Closes the door.
  ~PushSource() override;
  PushSource(const PushSource&) = delete;
  PushSource& operator=(const PushSource&) = delete;

  const std::string& name() const noexcept override;
  SourceKind kind() const noexcept override;
  /// Makes a reading, unless nothing has changed since the last one, which is at most 5 s old.
  std::shared_ptr<const Reading> read() const override;
  /// Returns the leaks of the last reading.
  std::vector<LeakReport> leaks(const std::string& pool) const override;

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace dbpool
