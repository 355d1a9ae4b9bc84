#include <doctest/doctest.h>

#include <array>
#include <map>
#include <random>

#include "model/figures.hpp"
#include "sources/push/senders.hpp"
#include "support/pushes.hpp"

using namespace dbpool;
using namespace dbpool::test;

namespace {

constexpr auto random_rows = std::to_array<PresetField>({
    {"active", "p.active"},
    {"max", "p.max"},
    {"acquisition_timeouts", "p.timeouts"},
    {"acquisitions", "p.wait_count - p.timeouts"},
    {"acquisitions", "p.wait_count"},
    {"acquisition_duration", "p.wait"},
    {"created", "p.created"},
});
constexpr auto older_rows = std::to_array<PresetField>({{"active", "q.active"}, {"created", "q.created"}});
constexpr auto random_presets = std::to_array<Preset>({
    {.name = "p", .pool = "{pool}", .fields = random_rows},
    {.name = "q", .pool = "{pool}", .fields = older_rows},
});

/// Senders that push at random: they restart, repeat, reset, stop, change bounds and temporality, and send
/// what they must not.
class RandomPushes {
 public:
  explicit RandomPushes(unsigned seed) : random_(seed) {}

  void step() {
    scene_.clock.advance(std::chrono::seconds(below(40)));
    if (below(200) == 0) scene_.clock.advance(std::chrono::minutes(below(50)));
    if (below(5) == 0) scene_.senders.forget(scene_.clock.now());
    const int points = 1 + below(4);
    std::vector<Pushed> pushed;
    for (int i = 0; i < points; ++i) pushed.push_back(point());
    scene_.push({{"service.name", below(4) == 0 ? "b" : "a"},
                 {"service.instance.id", std::to_string(below(3))},
                 {"host.name", "h"},
                 {"process.pid", std::to_string(below(6))}},
                pushed);
    if (below(10) == 0) scene_.push({{"service.name", "a"}}, pushed);
  }
  ProbeResult pools() { return scene_.senders.pools(scene_.clock.now()); }

 private:
  int below(int end) { return std::uniform_int_distribution(0, end - 1)(random_); }
  std::int64_t start() {
    const auto now = std::chrono::floor<std::chrono::seconds>(scene_.clock.now().time_since_epoch()).count();
    return below(3) == 0 ? now - below(60) : 1 + below(3);
  }

  Pushed point() {
    static constexpr auto names = std::to_array<const char*>(
        {"p.active", "p.max", "p.timeouts", "p.created", "q.active", "q.created", "p.wait"});
    const auto name = names[static_cast<std::size_t>(below(names.size()))];
    Pushed made = std::string_view(name) == "p.wait" ? waits() : pushed_counter(name, below(50) - 1, start());
    if (below(3) == 0) made.temporality = Temporality::delta;
    made.is_monotonic = below(3) != 0;
    made.attributes["pool"] = below(3) == 0 ? "x" : "y";
    if (below(8) == 0 && made.counts.empty()) made.kind = PointKind::gauge;
    if (below(20) == 0) made.has_value = false;
    return made;
  }
  Pushed waits() {
    static const std::vector<std::vector<double>> bounds{{0.01, 0.1, 1}, {0.05, 0.1}, {0.1}, {}};
    const auto& chosen = bounds[static_cast<std::size_t>(below(4))];
    Pushed made = pushed_histogram("p.wait", chosen, {}, start());
    for (std::size_t i = 0; i <= chosen.size(); ++i)
      made.counts.push_back(static_cast<std::uint64_t>(below(30)));
    made.value = below(100);
    if (below(15) == 0) made.counts.push_back(1);
    return made;
  }

  std::mt19937 random_;
  PushScene scene_{MappingOptions(),
                   random_presets,
                   {.latency_objective = std::chrono::milliseconds(10)},
                   {.pools = 3, .senders = 6, .series_of_pool = 8, .bytes = 60'000}};
};

/// Returns the counters of a pool as they are shown, by their names; buckets cumulative.
std::map<std::string, double> shown_counters(const PoolSnapshot& pool) {
  std::map<std::string, double> counters;
  for (const Figure& figure : figure_table) {
    if (figure.kind != FigureKind::counter) continue;
    const auto read = [&](auto member) {
      if constexpr (requires { static_cast<double>(*(pool.*member)); }) {
        if (pool.*member) counters.emplace(figure.name, static_cast<double>(*(pool.*member)));
      }
    };
    std::visit(read, figure.member);
  }
  const auto& histogram = pool.acquisition_duration;
  if (!histogram) return counters;
  double below = 0;
  for (std::size_t i = 0; i < histogram->bounds().size(); ++i) {
    below += static_cast<double>(histogram->count_in(i));
    counters.emplace("le " + std::to_string(histogram->bounds()[i]), below);
  }
  counters.emplace("count", static_cast<double>(histogram->count()));
  counters.emplace("sum", histogram->sum_seconds());
  return counters;
}

}  // namespace

TEST_CASE("whatever is pushed, no counter of a pool that stays ever falls") {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    RandomPushes pushes(seed);
    std::map<std::string, std::map<std::string, double>> last;
    for (int i = 0; i < 400; ++i) {
      CAPTURE(i);
      pushes.step();
      std::map<std::string, std::map<std::string, double>> now;
      for (const PoolSnapshot& pool : pushes.pools().pools) {
        auto& most = now[pool.label()] = last[pool.label()];
        for (const auto& [name, value] : shown_counters(pool)) {
          CAPTURE(pool.label());
          CAPTURE(name);
          REQUIRE(value >= most[name]);
          most[name] = value;
        }
      }
      last = std::move(now);  // a pool that was forgotten begins again
    }
  }
}
