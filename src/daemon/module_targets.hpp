#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "config/config.hpp"
#include "daemon/make_source.hpp"
#include "daemon/source_log.hpp"
#include "log/repeat_limiter.hpp"
#include "net/name_resolver.hpp"
#include "snapshot/snapshotter.hpp"
#include "sources/modules/module_target.hpp"
#include "web/probe_call.hpp"

namespace dbpool {

/// The name of the source that a probe has read, or why there is none.
using ProbeOutcome = std::variant<std::string, ProbeRefusal>;

/// The sources that `/probe` makes on demand: the first call for a target of a module makes an ordinary
/// source, which is forgotten when there was no call for as long as the module says. Any thread may call it.
///
/// A name is looked up at each connect, and of its addresses only those that the module allows reach the
/// driver, which connects to them and looks up nothing itself. So no second answer of a name server leads
/// elsewhere. These lookups have threads of their own, so that slow name servers delay no other source.
///
/// Locking: `making_` lets one thread at a time make or forget sources. `mutex_` guards what is below it, and
/// is locked second; sources are made and destroyed outside it.
class ModuleTargets {
 public:
  /// REQUIRES: `doors.logger` outlives the tasks of the scheduler, and so does this object.
  ModuleTargets(const Runtime& runtime, PushDoors doors, std::shared_ptr<Snapshotter> snapshotter,
                NameResolver::Resolve resolve = system_addresses);

  /// Replaces the modules. The targets of one whose source and `targets` are as before stay.
  void apply(const std::vector<ModuleConfig>& modules);
  /// Finds or makes the source of a target. Blocks until its first reading has ended, at most for the timeout
  /// of the module and the patience of the call. Few calls may block at once, so that the web server has
  /// threads left for others.
  ProbeOutcome probe(const ProbeCall& call);
  /// Forgets targets that are due, and those that have turned out not to be allowed.
  void forget_idle();
  /// Forgets all targets and lets waiting calls end. Later calls are refused.
  void stop();

 private:
  struct Target;
  using Module = std::shared_ptr<const ModuleConfig>;
  using Found = std::variant<std::shared_ptr<Target>, ProbeRefusal>;

  Module find_module(const std::string& name) const;
  Found find_or_make(const Module& module, const ModuleTarget& place);
  std::shared_ptr<Target> find(const std::string& name);
  std::optional<ProbeRefusal> refuse_another(const Module& module) const;
  std::shared_ptr<Target> make(const Module& module, const ModuleTarget& place);
  SourceParts parts_for(const std::shared_ptr<Target>& target);
  std::optional<ProbeRefusal> wait_for_reading(Target& target, std::optional<Duration> patience);
  void on_reading(const Target& target, const ReadingReport& report);
  void log_refusal(const Target& target);
  void forget_if(const std::function<bool(const Target&)>& is_due);

  const Runtime runtime_;
  const PushDoors doors_;
  const std::shared_ptr<Snapshotter> snapshotter_;
  const NameResolver::Resolve resolve_;
  const std::shared_ptr<ExpendableThreads> lookups_ = NameResolver::lookup_threads();
  SourceLog source_log_;
  RepeatLimiter refusals_;
  std::mutex making_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;  // a reading has ended, or `is_stopped_`
  std::vector<Module> modules_;
  std::map<std::string, std::shared_ptr<Target>> targets_;  // by the name of their source
  unsigned waiting_ = 0;
  bool is_stopped_ = false;
};

}  // namespace dbpool
