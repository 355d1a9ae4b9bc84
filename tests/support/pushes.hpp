#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sources/push/senders.hpp"
#include "support/fakes/fake_clock.hpp"

namespace dbpool::test {

/// Returns when something arrived, in seconds.
inline TimePoint arrival(std::int64_t seconds) {
  return TimePoint(std::chrono::seconds(seconds));
}

/// Returns the times of a point that arrived when it was made, in seconds. `start`: 0 = not sent.
inline PointTime point_at(std::int64_t start, std::int64_t time) {
  constexpr std::int64_t ns = 1'000'000'000;
  return {.start = static_cast<std::uint64_t>(start * ns),
          .time = static_cast<std::uint64_t>(time * ns),
          .arrived = arrival(time)};
}

/// Attributes, sorted by name.
using Attributes = std::map<std::string, std::string>;

inline std::vector<SampleLabel> labels_of(const Attributes& attributes) {
  std::vector<SampleLabel> labels;
  for (const auto& [name, value] : attributes) labels.push_back({name, value});
  return labels;
}

/// A pushed point with its metric, and what the views of it show.
struct Pushed {
  std::string name;
  PointKind kind = PointKind::gauge;
  double value = 0;
  std::int64_t start = 0;  ///< seconds; 0 = not sent
  Temporality temporality = Temporality::cumulative;
  bool is_monotonic = false;
  Attributes attributes = {{"pool", "main"}};
  std::string unit = {};
  std::vector<double> bounds = {};
  std::vector<std::uint64_t> counts = {};
  bool has_value = true;
};

inline Pushed pushed_gauge(std::string name, double value) {
  return {.name = std::move(name), .value = value};
}
/// An up-down counter, cumulative.
inline Pushed pushed_level(std::string name, double value, std::int64_t start) {
  return {.name = std::move(name), .kind = PointKind::sum, .value = value, .start = start};
}
/// A counter, cumulative.
inline Pushed pushed_counter(std::string name, double value, std::int64_t start) {
  return {
      .name = std::move(name), .kind = PointKind::sum, .value = value, .start = start, .is_monotonic = true};
}
/// A histogram, cumulative, in seconds. `value`: its sum.
inline Pushed pushed_histogram(std::string name, std::vector<double> bounds,
                               std::vector<std::uint64_t> counts, std::int64_t start) {
  return {.name = std::move(name),
          .kind = PointKind::histogram,
          .value = 1,
          .start = start,
          .unit = "s",
          .bounds = std::move(bounds),
          .counts = std::move(counts)};
}

/// Senders that push to one source, on a clock that moves only by command. The senders' clocks go with it.
class PushScene {
 public:
  explicit PushScene(const MappingOptions& options, std::span<const Preset> known = {},
                     const PushNaming& naming = {}, const PushLimits& limits = {})
      : mapping_(options, known), senders(mapping_, "otel", naming, limits) {}

  /// Pushes one export. Returns the outcome of each point.
  std::vector<std::optional<RejectReason>> push(const Attributes& resource,
                                                const std::vector<Pushed>& points) {
    Senders::Export exported = senders.begin(labels_of(resource), clock.now());
    std::vector<std::optional<RejectReason>> outcomes;
    for (const Pushed& point : points) outcomes.push_back(add(exported, point));
    exported.end();
    return outcomes;
  }
  /// Returns the pool with that label; nullopt if there is none.
  std::optional<PoolSnapshot> pool(const std::string& label) {
    for (PoolSnapshot& found : senders.pools(clock.now()).pools) {
      if (found.label() == label) return std::move(found);
    }
    return std::nullopt;
  }
  std::vector<std::string> labels() {
    std::vector<std::string> found;
    for (const PoolSnapshot& pool : senders.pools(clock.now()).pools) found.push_back(pool.label());
    return found;
  }
  PushCounts counts() const { return senders.counts(clock.now()); }
  std::uint64_t rejected(RejectReason why) const { return counts().rejected[index_of(why)]; }

  FakeClock clock;

 private:
  std::optional<RejectReason> add(Senders::Export& exported, const Pushed& pushed) {
    constexpr std::uint64_t ns = 1'000'000'000;
    const std::vector<SampleLabel> labels = labels_of(pushed.attributes);
    const PushedMetric metric{.name = pushed.name,
                              .unit = pushed.unit,
                              .scope = {},
                              .kind = pushed.kind,
                              .temporality = pushed.temporality,
                              .is_monotonic = pushed.is_monotonic};
    PushedPoint point;
    point.attributes = labels;
    point.start = static_cast<std::uint64_t>(pushed.start) * ns;
    point.time = static_cast<std::uint64_t>(clock.now().time_since_epoch().count());
    point.has_value = pushed.has_value;
    point.value = pushed.value;
    point.bounds = pushed.bounds;
    point.counts = pushed.counts;
    for (const std::uint64_t count : pushed.counts) point.count += count;
    if (pushed.kind != PointKind::gauge && pushed.kind != PointKind::sum) point.sum = pushed.value;
    return exported.add(metric, point);
  }

  Mapping mapping_;

 public:
  Senders senders;
};

/// Two presets: pools by name with all kinds of fields, and pools whose series add up.
inline constexpr auto hikari_rows = std::to_array<PresetField>({
    {"idle", R"(db.count{state="idle"})"},
    {"active", "db.active"},
    {"max", "db.max"},
    {"waiting", "db.pending"},
    {"acquisition_timeouts", "db.timeouts"},
    {"acquisitions", "db.wait_count - db.timeouts"},
    {"acquisitions", "db.wait_count"},
    {"acquisition_duration", "db.wait"},
    {"created", "db.created"},
    {"created", "db.opened"},
});
inline constexpr auto sharded_rows =
    std::to_array<PresetField>({{"active", "dog.active"}, {"queries", "dog.queries"}});
inline constexpr auto pushed_presets = std::to_array<Preset>({
    {.name = "hikari", .pool = "{pool}", .fields = hikari_rows},
    {.name = "dog", .pool = "{database}/{user}", .sum = true, .fields = sharded_rows},
});

/// Two instances of one service.
inline const Attributes shop{{"service.name", "shop"}, {"service.instance.id", "1"}};
inline const Attributes shop_2{{"service.name", "shop"}, {"service.instance.id", "2"}};

/// Returns a source that knows the two presets.
inline PushScene scene_with(const PushNaming& naming = {}, const PushLimits& limits = {},
                            const MappingOptions& options = {}) {
  return PushScene(options, pushed_presets, naming, limits);
}

inline Pushed in_pool(Pushed point, const std::string& pool) {
  point.attributes["pool"] = pool;
  return point;
}

inline Pushed as_delta(Pushed point) {
  point.temporality = Temporality::delta;
  return point;
}

}  // namespace dbpool::test
