#include <doctest/doctest.h>
#include <signal.h>

#include <algorithm>

#include "support/eventually.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/free_port.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

constexpr const char* held = R"(
pools:
  - name: held
    dsn: "file:held?mode=memory&cache=shared"
    max_size: 3
    acquire_timeout: 20s
    canary: {interval: 10ms, concurrency: 5, hold: 6s}
)";
/// More than the pool of `held` needs to end all leases.
constexpr auto end_of_leases = 12s;

bool holds_three(const Scrape& scrape) {
  return scrape.value("dbpool_connections", {{"pool", "held"}, {"state", "active"}}) == 3;
}
bool holds_three(const ExporterProcess& exporter) {
  return holds_three(exporter.scrape());
}

/// Whether three canaries of `held` have a connection and the other two wait for one.
bool holds_all(const ExporterProcess& exporter) {
  const Scrape scrape = exporter.scrape();
  return holds_three(scrape) && scrape.value("dbpool_waiting_requests", {{"pool", "held"}}) == 2;
}

/// Returns how many leases a line of the log counts. One may have ended since all were seen.
int leases_in(const LogLine& line) {
  const int leases = std::stoi(line.at("active"));
  CHECK(leases <= 3);
  return leases;
}

/// Connections of clients that send `beginning` and then nothing.
class HeldOpen {
 public:
  HeldOpen(std::uint16_t port, int count, std::string_view beginning) {
    const sockaddr_in address = loopback(port);
    for (int i = 0; i < count; ++i) {
      sockets_.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
      REQUIRE(::connect(sockets_.back(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
      ::send(sockets_.back(), beginning.data(), beginning.size(), MSG_NOSIGNAL);
    }
  }
  HeldOpen(const HeldOpen&) = delete;
  HeldOpen& operator=(const HeldOpen&) = delete;
  ~HeldOpen() {
    for (const int fd : sockets_) ::close(fd);
  }

 private:
  std::vector<int> sockets_;
};

}  // namespace

TEST_CASE("SIGTERM waits for the leases that are out, answers meanwhile, and turns away who waits for one") {
  ExporterProcess exporter({.config = held});
  REQUIRE(eventually([&] { return holds_all(exporter); }, 5s));
  exporter.process().signal(SIGTERM);
  CHECK(eventually([&] { return exporter.get("/-/ready").status == 503; }, 3s));
  CHECK(eventually([&] { return !exporter.log("waiting for active connections").empty(); }, 3s));
  const Scrape scrape = exporter.scrape();
  CHECK(scrape.value("dbpool_lifecycle_state", {{"pool", "held"}, {"state", "shutting_down"}}) == 1);
  const auto held_now = scrape.value("dbpool_connections", {{"pool", "held"}, {"state", "active"}});
  CHECK(scrape.value("dbpool_acquisition_rejections_total", {{"pool", "held"}}) >= 2);
  CHECK(exporter.get("/-/healthy").status == 200);
  CHECK(exporter.process().wait_exit(end_of_leases) == 0);

  std::vector<std::string> told;
  for (const LogLine& line : exporter.log()) told.push_back(line.at("msg"));
  const std::vector<std::string> expected{"graceful shutdown initiated", "waiting for active connections",
                                          "all connections closed", "connection pool terminated"};
  std::erase_if(told,
                [&](const auto& message) { return std::ranges::find(expected, message) == expected.end(); });
  CHECK(told == expected);
  const LogLine waiting = exporter.log("waiting for active connections").at(0);
  CHECK(leases_in(waiting) >= std::max(1.0, held_now.value()));
  CHECK(std::stod(waiting.at("timeout_s")) == 30);
  CHECK(std::stod(exporter.log("all connections closed").at(0).at("duration_s")) < 7);
}

TEST_CASE("a second SIGTERM ends the wait for leases") {
  ExporterProcess exporter({.config = held});
  REQUIRE(eventually([&] { return holds_three(exporter); }, 5s));
  exporter.process().signal(SIGTERM);
  REQUIRE(eventually([&] { return !exporter.log("waiting for active connections").empty(); }, 3s));
  exporter.process().signal(SIGTERM);
  CHECK(exporter.process().wait_exit(3s) == 0);
  REQUIRE(exporter.log("active connections cut off").size() == 1);
  CHECK(leases_in(exporter.log("active connections cut off").at(0)) >= 1);
  CHECK(exporter.log("connection pool terminated").size() == 1);
}

TEST_CASE("clients that say nothing, or not all of it, do not delay the end") {
  ExporterProcess exporter;
  const HeldOpen silent(exporter.port(), 30, "");
  const HeldOpen halfway(exporter.port(), 30, "GET /metrics HTTP/1.1\r\nHost: ");
  CHECK(exporter.get("/metrics").status == 200);
  exporter.process().signal(SIGTERM);
  CHECK(exporter.process().wait_exit(2s) == 0);
}

TEST_CASE("a query that runs long is cut off, and what a canary would have held after it is not waited for") {
  for (const std::string hold : {"0s", "20s"}) {
    CAPTURE(hold);
    ExporterProcess exporter({.config = R"(
pools:
  - name: held
    dsn: ":memory:"
    max_size: 3
    validation_timeout: 20s
    canary:
      interval: 10ms
      concurrency: 3
      query: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
      hold: )" + hold});
    REQUIRE(eventually([&] { return holds_three(exporter); }, 5s));
    exporter.process().signal(SIGTERM);
    CHECK(exporter.process().wait_exit(2s) == 0);
    CHECK(exporter.log("database error").empty());
  }
}

TEST_CASE("a first check that runs long is cut off as well") {
  ExporterProcess exporter({.config = R"(
pools:
  - name: held
    dsn: ":memory:"
    validation_timeout: 20s
    validation_query: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
)"});
  const Labels opening{{"pool", "held"}, {"state", "opening"}};
  REQUIRE(eventually([&] { return exporter.metric("dbpool_connections", opening) == 2; }, 5s));
  exporter.process().signal(SIGTERM);
  CHECK(exporter.process().wait_exit(2s) == 0);
  CHECK(exporter.log("database error").empty());
}

TEST_CASE("nothing is reloaded while it shuts down") {
  ExporterProcess exporter({.config = held, .flags = {"--web.enable-lifecycle"}});
  REQUIRE(eventually([&] { return holds_three(exporter); }, 5s));
  exporter.process().signal(SIGTERM);
  REQUIRE(eventually([&] { return exporter.get("/-/ready").status == 503; }, 3s));
  exporter.configure("pools:\n  - {name: late, dsn: ':memory:'}\n");
  exporter.post("/-/reload");
  CHECK_FALSE(exporter.scrape().mentions({{"pool", "late"}}));
  exporter.process().signal(SIGHUP);
  CHECK(exporter.process().wait_exit(end_of_leases) == 0);
  CHECK(exporter.log("configuration reloaded").empty());
}
