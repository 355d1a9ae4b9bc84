#include "daemon/systemd_reports.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

#include "support/fakes/pool_named.hpp"
#include "support/notify_socket.hpp"
#include "support/passed_sockets.hpp"

namespace dbpool {
namespace {

using namespace std::chrono_literals;
using Reports = std::vector<std::string>;

/// A systemd, and a web server that answers only when the test says so.
struct ReportScene {
  /// `interval`: of the watchdog, in microseconds; "" = it is off.
  explicit ReportScene(const std::string& interval) {
    ::fcntl(web_server.get(), F_SETFL, O_NONBLOCK);
    notifier.emplace(Environment{{"NOTIFY_SOCKET", systemd.name()}, {"WATCHDOG_USEC", interval}});
    reports.emplace(*notifier, std::vector{ListenAddress{"", 0, path}});
  }
  ReportScene(const ReportScene&) = delete;
  ReportScene& operator=(const ReportScene&) = delete;
  ~ReportScene() { ::unlink(path.c_str()); }

  void pass(Duration time) {
    now += time;
    reports->tick(now, [this] { return status; });
  }
  /// Closes the connections that wait, as the end of an answer does.
  void answer() const {
    for (int client = 0; (client = ::accept4(web_server.get(), nullptr, nullptr, SOCK_NONBLOCK)) >= 0;)
      ::close(client);
  }
  std::ptrdiff_t times_fed() { return std::ranges::count(systemd.received(), "WATCHDOG=1"); }

  std::string path =
      std::filesystem::temp_directory_path() / ("dbpool_reports_" + std::to_string(::getpid()));
  Descriptor web_server = listening_on_path(path);
  NotifySocket systemd{"@dbpool_test_reports_" + std::to_string(::getpid())};
  TimePoint now{1h};
  std::string status = "1 pool";
  std::optional<SystemdNotifier> notifier;
  std::optional<SystemdReports> reports;
};

TEST_CASE("the status is reported when it has changed, every five seconds at most") {
  ReportScene scene("");
  scene.pass(1s);
  scene.pass(5s);
  CHECK(scene.systemd.received() == Reports{"STATUS=1 pool"});
  scene.status = "2 pools";
  scene.pass(4s);
  CHECK(scene.systemd.received().size() == 1);
  scene.pass(1s);
  CHECK(scene.systemd.received().back() == "STATUS=2 pools");
}

TEST_CASE("the watchdog is fed while the web server answers, and not otherwise") {
  ReportScene scene("8000000");
  scene.pass(2s);
  CHECK(scene.times_fed() == 0);
  scene.pass(2s);
  CHECK(scene.times_fed() == 0);
  scene.answer();
  scene.pass(1s);
  CHECK(scene.times_fed() == 0);
  scene.pass(1s);
  CHECK(scene.times_fed() == 1);
  scene.pass(2s);
  CHECK(scene.times_fed() == 1);
  scene.web_server = Descriptor();
  scene.pass(2s);  // the request that waited there has been closed
  CHECK(scene.times_fed() == 2);
  scene.pass(2s);
  CHECK(scene.times_fed() == 2);
}

TEST_CASE("without WatchdogSec the web server gets no request") {
  ReportScene scene("");
  scene.pass(5s);
  scene.pass(5s);
  CHECK(::accept4(scene.web_server.get(), nullptr, nullptr, SOCK_CLOEXEC) == -1);
  CHECK(scene.times_fed() == 0);
}

TEST_CASE("the watchdog is fed by the ticks alone where the web server has a name that needs a look-up") {
  NotifySocket systemd("@dbpool_test_named_" + std::to_string(::getpid()));
  const SystemdNotifier notifier({{"NOTIFY_SOCKET", systemd.name()}, {"WATCHDOG_USEC", "8000000"}});
  SystemdReports reports(notifier, {{"db1.example", 10127}});
  reports.tick(TimePoint(1h), [] { return "1 pool"; });
  CHECK(systemd.has("WATCHDOG=1"));
}

TEST_CASE("the line of status counts the pools that are not healthy, and the sources that are down") {
  FleetSnapshot fleet;
  CHECK(status_line(fleet) == "0 pools");
  const auto add = [&](const std::string& name, HealthStatus status) {
    SourceReport source{name, SourceKind::owned, {}, {{SourceKind::owned, pool_named(name), {status, {}}}}};
    fleet.sources.push_back(std::move(source));
  };
  add("a", HealthStatus::healthy);
  CHECK(status_line(fleet) == "1 pool");
  add("b", HealthStatus::unhealthy);
  add("c", HealthStatus::degraded);
  add("d", HealthStatus::degraded);
  CHECK(status_line(fleet) == "4 pools, 1 unhealthy, 2 degraded");
  SourceReport down{"pgb", SourceKind::pgbouncer, {}, {}};
  down.reading.up = false;
  fleet.sources.push_back(std::move(down));
  CHECK(status_line(fleet) == "4 pools, 1 unhealthy, 2 degraded, 1 source down");
}

}  // namespace
}  // namespace dbpool
