#include "daemon/module_targets.hpp"

#include <doctest/doctest.h>

#include <future>

#include "support/eventually.hpp"
#include "support/servers/scripted_http_server.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

class SilentLogger : public Logger {
 public:
  void log(LogLevel, std::string_view, std::string_view, const std::vector<LogField>&) noexcept override {}
};

/// Targets that are read by real threads. Every name has the `addresses`.
struct Scene {
  Scene(std::vector<std::string> addresses_, const std::string& allowed, Duration timeout = 10s)
      : addresses(std::move(addresses_)) {
    ModuleConfig module{.name = "app", .source = {}, .targets = {}};
    module.source.probe.kind = SourceKind::prometheus;
    module.source.probe.timeout = timeout;
    PrometheusOptions options;
    options.http.url = "http://target/metrics";
    module.source.options = options;
    module.targets.add(read_allowed_target(allowed).value());
    targets.apply({module});
  }
  ~Scene() { scheduler->stop(); }

  const std::vector<std::string> addresses;
  const std::shared_ptr<const Clock> clock = machine_clock();
  const std::shared_ptr<ThreadScheduler> scheduler = std::make_shared<ThreadScheduler>(2, clock);
  SilentLogger logger;
  const std::shared_ptr<Snapshotter> snapshotter =
      std::make_shared<Snapshotter>(clock, [](const HealthChange&) {});
  ModuleTargets targets{
      {scheduler, clock}, {logger, nullptr}, snapshotter, [addresses = addresses](const std::string&) {
        return Addresses{addresses, ""};
      }};
};

ScriptedAnswer answer_metrics(const std::string& /*request*/) {
  const std::string text =
      "# TYPE hikaricp_connections_active gauge\nhikaricp_connections_active{pool=\"shop\"} 3\n";
  return {"HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: " +
          std::to_string(text.size()) + "\r\n\r\n" + text};
}

std::string with_port(const std::string& host, const ScriptedHttpServer& server) {
  return host + ":" + std::to_string(server.port());
}

std::optional<ProbeRefusal> refusal_in(const ProbeOutcome& outcome) {
  const auto* const refusal = std::get_if<ProbeRefusal>(&outcome);
  return refusal == nullptr ? std::nullopt : std::optional(*refusal);
}

}  // namespace

TEST_CASE("a first call waits for the first reading, and reads where the name leads") {
  const ScriptedHttpServer server(answer_metrics);
  Scene scene({"127.0.0.1"}, with_port("127.0.0.1", server));
  const std::string target = with_port("shop.example", server);
  const ProbeOutcome outcome = scene.targets.probe({"app", target, {}});
  CHECK(std::get<std::string>(outcome) == "app/" + target);
  const FleetSnapshot fleet = scene.snapshotter->snapshot_of("app/" + target);
  REQUIRE(fleet.sources.size() == 1);
  CHECK(fleet.sources[0].reading.up == true);
  CHECK(fleet.sources[0].pools.size() == 1);
  CHECK(server.requests().at(0).find("Host: " + target) != std::string::npos);
}

TEST_CASE("a name that leads to no allowed address is refused, and nothing connects there") {
  const ScriptedHttpServer server(answer_metrics);
  Scene scene({"127.0.0.1", "169.254.169.254"}, with_port("*.example", server));
  CHECK(refusal_in(scene.targets.probe({"app", with_port("shop.example", server), {}})) ==
        ProbeRefusal::not_allowed);
  CHECK(scene.snapshotter->snapshot().sources.empty());
  CHECK(server.connections() == 0);
}

TEST_CASE("of the addresses of a name only the allowed ones are used") {
  const ScriptedHttpServer server(answer_metrics);
  Scene scene({"127.0.0.9", "127.0.0.1", "::1"}, with_port("127.0.0.1", server));
  CHECK_FALSE(refusal_in(scene.targets.probe({"app", with_port("shop.example", server), {}})));
  CHECK(server.connections() == 1);
}

TEST_CASE("calls that wait end when the targets stop, and later ones are refused") {
  const ScriptedHttpServer server([](const std::string&) { return ScriptedAnswer{""}; });
  Scene scene({}, with_port("127.0.0.1", server), 1h);
  const ProbeCall call{"app", with_port("127.0.0.1", server), {}};
  auto waiting = std::async(std::launch::async, [&] { return scene.targets.probe(call); });
  CHECK(eventually([&] { return !server.requests().empty(); }, 10s));
  scene.targets.stop();
  CHECK(refusal_in(waiting.get()) == ProbeRefusal::interrupted);
  CHECK(refusal_in(scene.targets.probe(call)) == ProbeRefusal::interrupted);
}
