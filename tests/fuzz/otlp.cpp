// Any bodies of OTLP, one after the other, yield sound figures and counters that never fall, in bounded
// memory. What is refused is not quoted and changes nothing. A well-behaved sender beside them is shown
// exactly.
#include <algorithm>
#include <charconv>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "fuzz_target.hpp"
#include "shown_reading.hpp"
#include "sources/push/otlp/receiver.hpp"
#include "support/fakes/fake_clock.hpp"
#include "support/live_bytes.hpp"
#include "support/otlp_payload.hpp"

using namespace dbpool;
using test::Input;
using test::require;
using test::ShownReading;

namespace {

constexpr std::string_view marker = "Pl4ntedPw";
/// The service of the well-behaved sender, which no input names.
constexpr std::string_view honest_name = "honest-7f3a91";
constexpr std::size_t largest_body = 1 << 16;
constexpr PushLimits limits{
    .pools = test::most_pools, .senders = 4, .series_of_pool = 16, .bytes = std::size_t{64} << 10U};
/// What is kept, the figures that were shown last, and the translation of one body.
constexpr std::size_t most_memory = std::size_t{2} << 20U;

/// The counters of a reading by their series.
using Counters = std::map<std::string, double, std::less<>>;

Counters counters_in(std::string_view metrics) {
  Counters counters;
  for (Input lines(reinterpret_cast<const std::uint8_t*>(metrics.data()), metrics.size()); !lines.empty();) {
    const std::string_view line = lines.line();
    const auto name = line.substr(0, line.find_first_of("{ "));
    if (!line.starts_with("dbpool_") || !(name.ends_with("_total") || name.ends_with("_count"))) continue;
    const auto value = line.substr(line.rfind(' ') + 1);
    std::from_chars(value.data(), value.data() + value.size(),
                    counters[std::string(line.substr(0, line.rfind(' ')))]);
  }
  return counters;
}

/// A receiver whose figures are shown after each body.
class Scene {
 public:
  /// Requires that a refused body leaves nothing.
  void receive(std::string_view body) {
    const PushCounts before = counts();
    const auto answer =
        receiver_.receive(body.starts_with('{') ? "application/json" : "application/x-protobuf", body);
    const PushCounts after = counts();
    if (answer.status == 200) return;
    require(answer.status == 400 || answer.status == 413, "a body is accepted or refused", body);
    require(answer.body.find(marker) == std::string::npos, "a refusal quotes nothing", body);
    require(after.used == before.used && after.senders == before.senders, "nothing is kept of it", body);
  }

  /// Receives one export of a well-behaved sender.
  void receive_honest() {
    honest_ += 7;
    const auto now = static_cast<std::uint64_t>(clock_->now().time_since_epoch().count());
    const test::OtlpPoint point{.attributes = {{"db.client.connection.pool.name", "main"}},
                                .start = 1,
                                .time = now,
                                .value = static_cast<double>(honest_)};
    const test::OtlpMetric metric{.name = "db.client.connection.timeouts",
                                  .unit = "{timeout}",
                                  .kind = PointKind::sum,
                                  .is_monotonic = true,
                                  .points = {point}};
    const auto body = test::otlp_protobuf({{{{"service.name", std::string(honest_name)}}, "", {metric}}});
    require(receiver_.receive("application/x-protobuf", body).status == 200, "an honest push is taken", body);
  }

  /// Requires a sound reading whose counters are not below those of the reading before it.
  void require_sound(std::string_view input) {
    const ShownReading shown(SourceKind::otlp, state_->senders.access()->pools(clock_->now()));
    shown.require_sound(input);
    Counters counters = counters_in(shown.metrics());
    for (const auto& [series, value] : counters_) {
      const auto now = counters.find(series);
      require(now == counters.end() || now->second >= value, "no counter falls", series);
    }
    counters_ = std::move(counters);
    const auto is_honest = [](const auto& entry) {
      return entry.first.starts_with("dbpool_acquisition_timeouts_total{") &&
             entry.first.find(honest_name) != std::string::npos;
    };
    const auto shown_honest = std::ranges::find_if(counters_, is_honest);
    require(shown_honest != counters_.end() && shown_honest->second == honest_,
            "what a well-behaved sender has counted is shown", input);
  }

  void pass(Duration time) { clock_->advance(time); }
  void forget() { state_->senders.access()->forget(clock_->now()); }

 private:
  PushCounts counts() { return state_->senders.access()->counts(clock_->now()); }

  const std::shared_ptr<FakeClock> clock_ = std::make_shared<FakeClock>();
  const std::shared_ptr<PushedState> state_ =
      std::make_shared<PushedState>(Mapping({}), test::read_source, PushNaming{}, limits);
  OtlpReceiver receiver_{state_, clock_, largest_body};
  Counters counters_;
  int honest_ = 0;  ///< counted by the well-behaved sender
};

/// Cuts the bodies apart: all but the last have the sizes in the first line.
std::vector<std::string_view> bodies_in(Input input) {
  Input sizes = input;
  std::string_view line = sizes.line();
  std::string_view rest = sizes.rest();
  std::vector<std::string_view> bodies;
  while (!line.empty() && bodies.size() < 8) {
    std::size_t size = 0;
    std::from_chars(line.data(), line.data() + line.size(), size);
    bodies.push_back(rest.substr(0, size));
    rest.remove_prefix(std::min(rest.size(), size));
    line.remove_prefix(std::min(line.find(' '), line.size() - 1) + 1);
  }
  bodies.push_back(rest);
  return bodies;
}

}  // namespace

/// Input: the sizes of the bodies but the last in one line, and the bodies.
int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(bytes), size);
  const std::size_t before = test::live_bytes();
  Scene scene;
  for (const std::string_view body : bodies_in(Input(bytes, size))) {
    scene.receive_honest();
    scene.receive(body);
    scene.require_sound(input);
    scene.pass(std::chrono::seconds(1));
  }
  require(test::live_bytes() <= before + most_memory, "memory is bounded", input);
  // Senders leave, and their counters stay.
  scene.pass(std::chrono::minutes(59));
  scene.require_sound(input);
  scene.receive_honest();
  scene.pass(std::chrono::hours(1));
  scene.receive_honest();
  scene.forget();
  scene.require_sound(input);
  return 0;
}
