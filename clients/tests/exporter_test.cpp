#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "support/eventually.hpp"
#include "support/servers/child_process.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/free_port.hpp"
#include "support/servers/postgres_server.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

using Words = std::vector<std::string>;

const Labels of_pool{{"source", "apps"}, {"pool", "apps/orders"}};

/// An application that uses its pool of three for six callers, and leaks a connection.
struct Application {
  std::string name;
  Words command;  ///< without the URL
  bool sends_to_path;
  bool has_sites;
};

const std::vector<Application> applications{
    {"SQLAlchemy", {"/usr/bin/python3", "-m", "tests.app", "run", "sqlalchemy"}, true, true},
    {"psycopg_pool", {"/usr/bin/python3", "-m", "tests.app", "run", "psycopg_pool"}, true, true},
    {"node-pg", {"node", CLIENTS_DIR "/node/test/app.js"}, false, true},
    {"database/sql", {CLIENTS_GO_TESTAPP, "run", "sql"}, true, true},
    {"pgxpool", {CLIENTS_GO_TESTAPP, "run", "pgx"}, true, true},
    {"HikariCP", {"java", "-cp", CLIENTS_JAVA_CLASS_PATH, "App", "run", "hikari"}, false, true},
    {"dbpool::Pool", {CLIENTS_CPP_TESTAPP, "run", "dbpool"}, true, true},
};

PostgresServer& database() {
  static PostgresServer one;
  return one;
}

/// An exporter with a source of events, on a path and a port.
struct EventsScene {
  explicit EventsScene(const std::string& options = "")
      : config(fmt::format("sources:\n  - {{name: apps, type: events, path: {}, listen: '127.0.0.1:{}'{}}}\n",
                           path.string(), port, options)),
        exporter(std::make_unique<ExporterProcess>(ExporterSetup{.config = config})) {
    REQUIRE(eventually([&] { return up() == 1; }, 5s));
  }

  std::optional<double> up() const { return exporter->metric("dbpool_up", {{"source", "apps"}}); }
  double figure(const std::string& name) const { return exporter->metric(name, of_pool).value_or(-1); }
  double used() const {
    return exporter->metric("dbpool_source_events_total", {{"source", "apps"}}).value_or(-1);
  }
  /// Starts an application that reports to the path or the port.
  ChildProcess start(const Words& command, bool sends_to_path) const {
    const std::string events =
        sends_to_path ? "unix://" + path.string() : "udp://127.0.0.1:" + std::to_string(port);
    return ChildProcess(command, {{"DBPOOL_EVENTS", events},
                                  {"PYTHONDONTWRITEBYTECODE", "1"},
                                  {"PYTHONPATH", CLIENTS_DIR "/python"},
                                  {"NODE_PATH", CLIENTS_NODE_MODULES}});
  }

  TemporaryDirectory directory;
  std::filesystem::path path = directory.path() / "events.sock";
  std::uint16_t port = free_port();
  std::string config;
  std::unique_ptr<ExporterProcess> exporter;
};

Words with_url(Words command) {
  command.push_back("postgresql://postgres@127.0.0.1:" + std::to_string(database().port()) +
                    "/postgres?sslmode=disable");
  return command;
}

/// Checks that the median of the callers' waits is not below the bucket of the median, and not much above it:
/// a busy machine sets a caller aside between the library's clock and its own. integration_clients compares
/// exactly.
void check_median(std::vector<double> waits, const Scrape& scrape) {
  std::ranges::sort(waits);
  const double median = waits[waits.size() / 2] / 1000;
  const double half = scrape.at("dbpool_acquisition_duration_seconds_count", of_pool) / 2;
  double below = 0;
  for (const std::string text :
       {"0.0001", "0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1"}) {
    const double bound = std::stod(text);
    Labels labels = of_pool;
    labels["le"] = text;
    if (scrape.at("dbpool_acquisition_duration_seconds_bucket", labels) >= half) {
      CHECK(median >= below - 0.001);
      CHECK(median <= bound + 0.05);
      return;
    }
    below = bound;
  }
  FAIL("no bucket has the median");
}

void check_leak(const EventsScene& scene, const std::string& place) {
  const auto leaks = [&] {
    return nlohmann::json::parse(scene.exporter->get("/connections/pools/leaks").body);
  };
  REQUIRE(eventually([&] { return leaks()["leaks"].size() == 1; }, 15s));
  const auto leak = leaks()["leaks"][0];
  CHECK(leak["pool"] == "apps/orders");
  CHECK_MESSAGE(leak["site"].get<std::string>().find(place) != std::string::npos, leak.dump(), " is not at ",
                place);
  CHECK(eventually([&] { return scene.figure("dbpool_leaked_connections") == 1; }, 10s));
  // A timeout of HikariCP takes longer than a leak, so that the connections held for it are suspects, too.
  const auto is_logged = [&] {
    return std::ranges::any_of(
        scene.exporter->log("potential connection leak detected"), [&](const auto& line) {
          return line.at("pool") == "apps/orders" && line.at("site").find(place) != std::string::npos;
        });
  };
  CHECK(eventually(is_logged, 15s));
}

}  // namespace

TEST_CASE(
    "the exporter counts each acquisition of a client's library, its waits, and the leak with its place") {
  for (const Application& application : applications) {
    CAPTURE(application.name);
    const EventsScene scene(", leak_detection_timeout: 500ms");
    ChildProcess process = scene.start(with_url(application.command), application.sends_to_path);
    REQUIRE_MESSAGE(process.wait_exit(60s) == 0, process.standard_error());
    const auto truth = nlohmann::json::parse(process.standard_output());
    const auto acquisitions = truth["acquisitions"].get<double>();
    CHECK(eventually([&] { return scene.figure("dbpool_acquisitions_total") >= acquisitions; }, 5s));
    const Scrape scrape = scene.exporter->scrape();
    CHECK(scrape.at("dbpool_acquisitions_total", of_pool) == acquisitions);
    CHECK(scrape.at("dbpool_releases_total", of_pool) == acquisitions - 1);
    CHECK(scrape.at("dbpool_acquisition_duration_seconds_count", of_pool) ==
          acquisitions + scrape.at("dbpool_acquisition_timeouts_total", of_pool));
    CHECK(scrape.at("dbpool_usage_duration_seconds_count", of_pool) == acquisitions - 1);
    CHECK(scrape.at("dbpool_connections_max", of_pool) == 3);
    CHECK(scrape.at("dbpool_source_senders", {{"source", "apps"}}) == 1);
    CHECK(scrape.at("dbpool_source_events_lost_total", {{"source", "apps"}}) == 0);
    for (const auto* const reason : {"malformed", "contradiction", "limit", "too_large", "stale"}) {
      CAPTURE(reason);
      CHECK(scrape.at("dbpool_source_events_rejected_total", {{"source", "apps"}, {"reason", reason}}) == 0);
    }
    check_median(truth["waits"].get<std::vector<double>>(), scrape);
    check_leak(scene, truth["leaked_at"].get<std::string>());
  }
}

TEST_CASE("a client that is killed gives its leases back, and is no leak for ever") {
  const EventsScene scene(", leak_detection_timeout: 500ms, stale_after: 20s");
  ChildProcess process =
      scene.start(with_url({"/usr/bin/python3", "-m", "tests.app", "hold", "psycopg_pool"}), true);
  REQUIRE(eventually([&] { return scene.figure("dbpool_leaked_connections") == 1; }, 30s));
  ::kill(process.pid(), SIGKILL);
  const auto gone = [&] { return scene.exporter->log("client gone"); };
  REQUIRE(eventually([&] { return !gone().empty(); }, 30s));
  CHECK(gone()[0].at("pool") == "apps/orders");
  CHECK(gone()[0].at("leases") == "1");
  const Scrape scrape = scene.exporter->scrape();
  CHECK(scrape.at("dbpool_leaks_recovered_total", of_pool) == 1);
  CHECK(scrape.at("dbpool_acquisitions_total", of_pool) == 1);
  CHECK_FALSE(scrape.value("dbpool_leaked_connections", of_pool));
  CHECK_FALSE(scrape.value("dbpool_connections_max", of_pool));
  CHECK(scrape.at("dbpool_source_senders", {{"source", "apps"}}) == 0);
}

TEST_CASE("clients go on when the exporter restarts, and when the socket was removed") {
  EventsScene scene;
  const ChildProcess process = scene.start({CLIENTS_GO_TESTAPP, "tick"}, true);
  REQUIRE(eventually([&] { return scene.used() > 0; }, 20s));
  scene.exporter.reset();
  CHECK_FALSE(std::filesystem::exists(scene.path));
  scene.exporter = std::make_unique<ExporterProcess>(ExporterSetup{.config = scene.config});
  REQUIRE(eventually([&] { return scene.used() > 0; }, 20s));
  std::filesystem::remove(scene.path);
  REQUIRE(eventually([&] { return !scene.exporter->log("socket opened again").empty(); }, 20s));
  const double before = scene.used();
  CHECK(eventually([&] { return scene.used() > before; }, 20s));
}

TEST_CASE(
    "a source of events that only reloads keeps its counters, and one that another process serves is down") {
  EventsScene scene;
  const ChildProcess process = scene.start({CLIENTS_GO_TESTAPP, "tick"}, true);
  REQUIRE(eventually([&] { return scene.used() > 0; }, 20s));
  const double before = scene.used();
  ::kill(scene.exporter->process().pid(), SIGHUP);
  REQUIRE(eventually([&] { return !scene.exporter->log("configuration reloaded").empty(); }, 10s));
  CHECK(scene.used() >= before);
  const ExporterProcess other(
      {.config = fmt::format("sources: [{{name: apps, type: events, path: {}}}]\n", scene.path.string())});
  CHECK(eventually([&] { return other.metric("dbpool_up", {{"source", "apps"}}) == 0; }, 20s));
  CHECK(eventually([&] { return !other.log("source cannot be read").empty(); }, 20s));
  CHECK(other.log("source cannot be read")[0].at("error").find("another process receives there") !=
        std::string::npos);
}
