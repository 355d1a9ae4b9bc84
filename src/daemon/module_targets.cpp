#include "daemon/module_targets.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

#include "drivers/postgres/threads.hpp"
#include "sources/http/url.hpp"
#include "web/client_limits.hpp"

namespace dbpool {
namespace {

/// Of the web server's 64 threads; fewer where it has fewer.
constexpr unsigned most_waiting_calls = 16;

/// Returns how many calls may wait, so that most of the web server's threads are free. Makes a system call.
unsigned calls_that_may_wait() {
  return std::clamp(client_limits(descriptor_limit()).threads / 4, 1U, most_waiting_calls);
}

std::string source_name(const ModuleConfig& module, const ModuleTarget& place) {
  return module.name + '/' + place.text();
}

PostgresPlace postgres_place(const ModuleTarget& place) {
  return {place.host, place.address ? place.host : "", std::to_string(place.port)};
}

/// Returns the source of a module at a target.
SourceConfig source_at(const ModuleConfig& module, const ModuleTarget& place) {
  SourceConfig config = module.source;
  config.probe.name = source_name(module, place);
  std::visit(
      [&](auto& options) {
        if constexpr (requires { options.http; })
          options.http.url = http_url_at(options.http.url, place.host, std::to_string(place.port));
      },
      config.options);
  return config;
}

}  // namespace

struct ModuleTargets::Target {
  Target(Module module_, ModuleTarget place_, TimePoint now)
      : module(std::move(module_)),
        module_name(module->name),
        place(std::move(place_)),
        config(source_at(*module, place)),
        allowed(module->targets),
        last_call(now) {}

  const std::string& name() const { return config.probe.name; }

  Module module;  ///< guarded by `mutex_`; nullptr = to be forgotten
  const std::string module_name;
  const ModuleTarget place;
  const SourceConfig config;
  const AllowedTargets allowed;
  TimePoint last_call;                   ///< guarded by `mutex_`
  std::atomic<bool> is_refused = false;  ///< the last lookup found addresses, but none that is allowed
  std::shared_ptr<PoolSource> source = nullptr;
};

ModuleTargets::ModuleTargets(const Runtime& runtime, PushDoors doors,
                             std::shared_ptr<Snapshotter> snapshotter, NameResolver::Resolve resolve)
    : runtime_(runtime),
      doors_(std::move(doors)),
      snapshotter_(std::move(snapshotter)),
      resolve_(std::move(resolve)),
      source_log_(doors_.logger) {}

void ModuleTargets::apply(const std::vector<ModuleConfig>& modules) {
  {
    const std::lock_guard lock(mutex_);
    modules_.clear();
    for (const ModuleConfig& module : modules)
      modules_.push_back(std::make_shared<const ModuleConfig>(module));
    for (const auto& [name, target] : targets_) {
      const auto goes_on = [&before = target->module](const Module& module) {
        return before != nullptr && module->name == before->name && module->source == before->source &&
               module->targets == before->targets;
      };
      const auto same = std::ranges::find_if(modules_, goes_on);
      target->module = same == modules_.end() ? nullptr : *same;
    }
  }
  forget_if([](const Target& target) { return target.module == nullptr; });
}

ProbeOutcome ModuleTargets::probe(const ProbeCall& call) {
  const Module module = find_module(call.module);
  if (module == nullptr) return ProbeRefusal::unknown_module;
  const auto place = read_module_target(call.target);
  if (!place) return ProbeRefusal::malformed_target;
  if (!module->targets.may_allow(*place)) return ProbeRefusal::not_allowed;
  const Found found = find_or_make(module, *place);
  if (const auto* const refusal = std::get_if<ProbeRefusal>(&found)) return *refusal;
  const auto& target = std::get<std::shared_ptr<Target>>(found);
  const bool is_first = !target->source->read()->settled;
  if (const auto refusal = wait_for_reading(*target, call.patience)) return *refusal;
  if (is_first) snapshotter_->tick(target->name());  // so that the first answer is judged
  return target->name();
}

ModuleTargets::Module ModuleTargets::find_module(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(modules_, name, &ModuleConfig::name);
  return found == modules_.end() ? nullptr : *found;
}

ModuleTargets::Found ModuleTargets::find_or_make(const Module& module, const ModuleTarget& place) {
  const std::string name = source_name(*module, place);
  if (auto target = find(name)) return target;
  const std::lock_guard one_at_a_time(making_);
  if (auto target = find(name)) return target;
  if (const auto refusal = refuse_another(module)) return *refusal;
  const auto target = make(module, place);
  WatchedSource watched{target->source, target->config.health, target->config.probe.limit};
  watched.info = {.server = place.text(), .labels = target->config.labels};
  snapshotter_->add(std::move(watched));
  const std::lock_guard lock(mutex_);
  // If a reload has taken the module away meanwhile, the next tick forgets the target.
  if (std::ranges::find(modules_, module) == modules_.end()) target->module = nullptr;
  targets_.emplace(name, target);
  return target;
}

std::shared_ptr<ModuleTargets::Target> ModuleTargets::find(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto found = targets_.find(name);
  if (found == targets_.end()) return nullptr;
  found->second->last_call = runtime_.clock->now();
  return found->second;
}

std::optional<ProbeRefusal> ModuleTargets::refuse_another(const Module& module) const {
  const std::lock_guard lock(mutex_);
  if (is_stopped_) return ProbeRefusal::interrupted;
  const auto is_of_module = [&](const auto& entry) { return entry.second->module == module; };
  const bool is_full = std::ranges::count_if(targets_, is_of_module) >= std::ptrdiff_t{module->limit};
  return is_full ? std::optional(ProbeRefusal::too_many_targets) : std::nullopt;
}

std::shared_ptr<ModuleTargets::Target> ModuleTargets::make(const Module& module, const ModuleTarget& place) {
  auto target = std::make_shared<Target>(module, place, runtime_.clock->now());
  target->source = make_source(target->config, parts_for(target));
  return target;
}

SourceParts ModuleTargets::parts_for(const std::shared_ptr<Target>& target) {
  const auto checked = [resolve = resolve_, weak = std::weak_ptr(target)](const std::string& host) {
    Addresses found = resolve(host);
    const auto asking = weak.lock();
    if (asking == nullptr || !found.problem.empty()) return found;
    std::erase_if(found.numeric, [&](const std::string& text) {
      const auto address = read_ip_address(text);
      return !address || !asking->allowed.allow(asking->place, *address);
    });
    asking->is_refused = found.numeric.empty();
    if (found.numeric.empty()) found.problem = "the module allows none of its addresses";
    return found;
  };
  const auto threads = std::make_shared<PostgresThreads>(checked, lookups_);
  const auto report = [this, weak = std::weak_ptr(target)](const ReadingReport& reading) {
    if (const auto read = weak.lock()) on_reading(*read, reading);
  };
  return {runtime_, threads, {threads, &threads->names}, report, doors_, postgres_place(target->place)};
}

void ModuleTargets::on_reading(const Target& target, const ReadingReport& report) {
  if (target.is_refused)
    log_refusal(target);
  else
    source_log_.read(report);
  const std::lock_guard lock(mutex_);
  changed_.notify_all();
}

/// Limits the lines of a module, because clients choose the names of targets.
void ModuleTargets::log_refusal(const Target& target) {
  const auto suppressed = refusals_.admit(target.module_name, runtime_.clock->now());
  if (!suppressed) return;
  doors_.logger.log(LogLevel::warn, "source", "target is not allowed where its name leads",
                    {{"source", target.name()}, {"suppressed", static_cast<std::int64_t>(*suppressed)}});
}

std::optional<ProbeRefusal> ModuleTargets::wait_for_reading(Target& target,
                                                            std::optional<Duration> patience) {
  std::unique_lock lock(mutex_);
  const auto is_over = [&] { return is_stopped_ || target.source->read()->settled; };
  const Duration timeout = target.config.probe.timeout;
  const TimePoint until = runtime_.clock->now() + std::min(timeout, patience.value_or(timeout));
  if (!is_over()) {
    if (waiting_ >= calls_that_may_wait()) return ProbeRefusal::too_many_waiting;
    ++waiting_;
    while (!is_over() && runtime_.clock->now() < until) runtime_.clock->wait_until(changed_, lock, until);
    --waiting_;
  }
  if (is_stopped_) return ProbeRefusal::interrupted;
  target.last_call = runtime_.clock->now();
  if (!target.is_refused) return std::nullopt;
  lock.unlock();
  forget_if([&](const Target& other) { return &other == &target; });
  return ProbeRefusal::not_allowed;
}

void ModuleTargets::forget_idle() {
  const TimePoint now = runtime_.clock->now();
  forget_if([now](const Target& target) {
    return target.module == nullptr || target.is_refused || target.last_call + target.module->ttl <= now;
  });
}

void ModuleTargets::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopped_ = true;
    changed_.notify_all();
  }
  forget_if([](const Target&) { return true; });
}

void ModuleTargets::forget_if(const std::function<bool(const Target&)>& is_due) {
  std::vector<std::shared_ptr<Target>> forgotten;  // destroyed after the locks are free
  const std::lock_guard one_at_a_time(making_);
  {
    const std::lock_guard lock(mutex_);
    for (auto entry = targets_.begin(); entry != targets_.end();) {
      const bool stays = !is_due(*entry->second);
      if (!stays) forgotten.push_back(entry->second);
      entry = stays ? std::next(entry) : targets_.erase(entry);
    }
  }
  for (const auto& target : forgotten) {
    snapshotter_->remove(target->name());
    source_log_.forget(target->name());
  }
}

}  // namespace dbpool
