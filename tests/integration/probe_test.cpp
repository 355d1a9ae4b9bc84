#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <future>
#include <nlohmann/json.hpp>
#include <sstream>
#include <system_error>

#include "support/eventually.hpp"
#include "support/servers/app_bouncer.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/free_port.hpp"
#include "support/servers/prometheus_server.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

/// An exporter with a module for each kind of server that is here, allowed on every port of 127.0.0.1.
const std::string modules_here = R"(
modules:
  pgb: {type: pgbouncer, dsn: "user=stats dbname=pgbouncer", targets: ["127.0.0.1:*"], interval: 200ms}
  servers: {type: pg_stat_activity, dsn: "user=postgres dbname=postgres", targets: ["127.0.0.1:*"]}
)";

std::string here(std::uint16_t port) {
  return "127.0.0.1:" + std::to_string(port);
}

std::string path_of(const std::string& module, const std::string& target) {
  return "/probe?module=" + module + "&target=" + target;
}

/// Returns the first block of YAML in a document that begins with a line.
std::string example_in(const std::string& document, const std::string& first_line) {
  std::ifstream in(std::string(DBPOOL_SOURCE_DIR) + "/" + document);
  std::ostringstream all;
  all << in.rdbuf();
  const std::string text = all.str();
  const auto begin = text.find("```yaml\n" + first_line + "\n");
  REQUIRE(begin != std::string::npos);
  const auto from = begin + std::string("```yaml\n").size();
  return text.substr(from, text.find("```", from) - from);
}

void put_in(std::string& text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  text.replace(at, from.size(), to);
}

/// One port that accepts connections on many loopback addresses and never answers.
class SilentPlaces {
 public:
  /// Opens 127.0.9.1 and the following addresses.
  explicit SilentPlaces(int count) : port_(free_port()) {
    for (int last = 1; last <= count; ++last) {
      listeners_.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
      sockaddr_in place = loopback(port_);
      ::inet_pton(AF_INET, address(last).c_str(), &place.sin_addr);
      if (::bind(listeners_.back(), reinterpret_cast<const sockaddr*>(&place), sizeof place) != 0 ||
          ::listen(listeners_.back(), 8) != 0)
        throw std::system_error(errno, std::generic_category(), "listen at " + address(last));
    }
  }
  SilentPlaces(const SilentPlaces&) = delete;
  SilentPlaces& operator=(const SilentPlaces&) = delete;
  ~SilentPlaces() {
    for (const int listener : listeners_) ::close(listener);
  }

  std::uint16_t port() const { return port_; }
  std::string target(int last) const { return address(last) + ":" + std::to_string(port_); }

 private:
  static std::string address(int last) { return "127.0.9." + std::to_string(last); }

  const std::uint16_t port_;
  std::vector<int> listeners_;
};

}  // namespace

TEST_CASE("a probe shows the pools of its target, which the API shows as well and the metrics do not") {
  const AppBouncer site("user=alice");
  const ExporterProcess exporter({.config = modules_here});
  const std::string source = "pgb/" + here(site.pooler.port());
  const HttpAnswer answer = exporter.get(path_of("pgb", here(site.pooler.port())));
  REQUIRE(answer.status == 200);
  const Scrape probe(answer.body);
  CHECK(probe.value("probe_success") == 1);
  CHECK(probe.at("probe_duration_seconds") >= 0);
  CHECK(probe.value("dbpool_up", {{"source", source}, {"kind", "pgbouncer"}}) == 1);
  CHECK(probe.value("dbpool_source_info", {{"server", here(site.pooler.port())}}) == 1);
  CHECK(probe.at("dbpool_clients_max", {{"source", source}, {"pool", source}}) > 0);
  CHECK_FALSE(probe.value("dbpool_exporter_config_last_reload_successful"));
  CHECK_FALSE(exporter.scrape().mentions({{"source", source}}));
  const auto stats = nlohmann::json::parse(exporter.get("/connections/pools/health").body);
  CHECK(stats.dump().find(source) != std::string::npos);
  CHECK(exporter.get("/-/ready").status == 200);
}

TEST_CASE("a probe of a PostgreSQL shows its sessions") {
  const PostgresServer server;
  const ExporterProcess exporter({.config = modules_here});
  const HttpAnswer answer = exporter.get(path_of("servers", here(server.port())));
  REQUIRE(answer.status == 200);
  CHECK(Scrape(answer.body).value("probe_success") == 1);
  CHECK(Scrape(answer.body).at("dbpool_server_connections_max") > 0);
}

TEST_CASE("calls for one target share its readings") {
  const AppBouncer site;
  const ExporterProcess exporter({.config = modules_here});
  const std::string path = path_of("pgb", here(site.pooler.port()));
  const auto reads = [&] { return Scrape(exporter.get(path).body).at("dbpool_source_reads_total"); };
  CHECK(reads() >= 1);
  CHECK(eventually([&] { return reads() >= 3; }, 20s));
  CHECK(exporter.log("source read").size() == 1);
}

TEST_CASE("a target that is down is answered, without the password of the module") {
  const ExporterProcess exporter({.config = R"(
modules:
  pgb:
    type: pgbouncer
    dsn: "user=stats password=planted-in-a-module dbname=pgbouncer"
    targets: ["127.0.0.1:*"]
)"});
  const HttpAnswer answer = exporter.get(path_of("pgb", here(free_port())));
  CHECK(answer.status == 200);
  CHECK(Scrape(answer.body).value("probe_success") == 0);
  CHECK(Scrape(answer.body).value("dbpool_up") == 0);
  CHECK(eventually([&] { return !exporter.log("source cannot be read").empty(); }, 10s));
  for (const auto* const path : {"/probe?module=pgb&target=x", "/probe?module=pgb&target=10.1.2.3:1",
                                 "/connections/pools/health", "/connections/pools/events", "/health"}) {
    CAPTURE(path);
    CHECK(exporter.get(path).body.find("planted") == std::string::npos);
  }
  CHECK(answer.body.find("planted") == std::string::npos);
}

TEST_CASE("sixteen probes wait for silent targets, the next is asked to come again, and scrapes go on") {
  const SilentPlaces places(17);
  ExporterProcess exporter({.config = fmt::format(R"(
pools:
  - {{name: local, driver: sqlite, dsn: ":memory:"}}
modules:
  pgb: {{type: pgbouncer, dsn: "user=stats dbname=pgbouncer", targets: ["127.0.9.0/24:{}"], timeout: 10m}}
)",
                                                  places.port())});
  std::vector<std::future<HttpAnswer>> waiting;
  for (int last = 1; last <= 16; ++last) {
    waiting.push_back(
        std::async(std::launch::async, [port = exporter.port(), path = path_of("pgb", places.target(last))] {
          return http_exchange(port, "GET", path, {.patience = 120s});
        }));
  }
  const HttpDetails impatient{.headers = "X-Prometheus-Scrape-Timeout-Seconds: 0.5\r\n"};
  const auto one_more = [&] {
    return http_exchange(exporter.port(), "GET", path_of("pgb", places.target(17)), impatient).status;
  };
  REQUIRE(eventually([&] { return one_more() == 503; }, 20s));
  for (int scrape = 0; scrape < 5; ++scrape) CHECK(exporter.metric("dbpool_up", {{"source", "local"}}) == 1);
  CHECK(exporter.get("/connections/pools/health").status == 200);
  for (const auto& probe : waiting) CHECK(probe.wait_for(0s) == std::future_status::timeout);

  exporter.process().signal(SIGTERM);  // which lets them go
  for (auto& probe : waiting) CHECK(probe.get().status == 503);
}

TEST_CASE("a reload replaces what may be probed") {
  const AppBouncer site;
  ExporterProcess exporter({.config = modules_here});
  const std::string path = path_of("pgb", here(site.pooler.port()));
  CHECK(exporter.get(path).status == 200);
  exporter.configure(R"(
modules:
  pgb: {type: pgbouncer, dsn: "user=stats dbname=pgbouncer", targets: ["127.0.0.1:1"], interval: 200ms}
)");
  exporter.process().signal(SIGHUP);
  CHECK(eventually([&] { return exporter.get(path).status == 403; }, 20s));
  CHECK(exporter.get(path_of("servers", here(1))).status == 400);
  const auto health = exporter.get("/connections/pools/health").body;
  CHECK(health.find(here(site.pooler.port())) == std::string::npos);
}

TEST_CASE("a Prometheus probes the targets of its own discovery with the relabelling of the documentation") {
  AppBouncer first;
  const PgBouncerServer second({.databases = ""});
  const ExporterProcess exporter({.config = modules_here});
  std::string config = example_in("docs/many-targets.md", "# prometheus.yml");
  put_in(config, "pgb-1.db.svc:6432", here(first.pooler.port()));
  put_in(config, "pgb-2.db.svc:6432", here(second.port()));
  put_in(config, "exporter.example:10127", here(exporter.port()));
  const PrometheusServer prometheus(
      {{"prometheus.yml", "global: {scrape_interval: 1s, scrape_timeout: 1s}\n" + config}});
  const auto value = [&](const std::string& name, std::uint16_t port) {
    return prometheus.query(fmt::format("{}{{instance=\"{}\"}}", name, here(port)));
  };
  for (const std::uint16_t port : {first.pooler.port(), second.port()}) {
    CHECK(eventually([&] { return value("probe_success", port) == 1; }, 20s));
    CHECK(value("up", port) == 1);
    CHECK(value("dbpool_up", port) == 1);
  }
  first.pooler.kill();
  CHECK(eventually([&] { return value("probe_success", first.pooler.port()) == 0; }, 20s));
  CHECK(value("up", first.pooler.port()) == 1);
  CHECK(value("dbpool_up", first.pooler.port()) == 0);
  CHECK(value("probe_success", second.port()) == 1);
}

TEST_CASE("check names a module and does not probe, as it has no target") {
  const TemporaryDirectory directory;
  const Finished checked =
      run_exporter({"check", "--config.file=" + directory.write("c.yml", modules_here).string()});
  CHECK(checked.exit_code == 0);
  CHECK(checked.output ==
        "skipped pgb (pgbouncer): a module, whose targets /probe names\n"
        "skipped servers (pg_stat_activity): a module, whose targets /probe names\n");
}
