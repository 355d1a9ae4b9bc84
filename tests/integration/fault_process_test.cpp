#include <signal.h>

#include <atomic>
#include <filesystem>
#include <iterator>
#include <thread>

#include "fault_scene.hpp"
#include "support/servers/free_port.hpp"
#include "support/servers/hostile_server.hpp"
#include "support/servers/slow_clients.hpp"

using namespace dbpool;

namespace {

/// Starts the program with its log in a pipe. The reader passes on the line with the port and then runs
/// `afterwards`.
std::vector<std::string> log_into_a_pipe(const std::string& afterwards) {
  return {"bash", "-c", "exec \"$@\" 2> >(grep --line-buffered -m1 msg=listening >&2; " + afterwards + ")",
          "bash"};
}

std::string many_problems() {
  std::string config = "pools:\n";
  for (int i = 0; i < 60; ++i) config += fmt::format("  - {{name: p{}, colour: red, size: 3}}\n", i);
  return config;
}

/// Returns the seconds from the start of the program, or from its predecessor's end, to its first answer to a
/// scrape.
double time_to_first_scrape(ChildProcess& process, std::uint16_t port,
                            std::chrono::steady_clock::time_point began) {
  const auto answers = [&] { return http_exchange(port, "GET", "/metrics").status == 200; };
  while (!answers()) {
    REQUIRE_FALSE(process.wait_exit(0s));
    std::this_thread::sleep_for(1ms);
    REQUIRE(std::chrono::steady_clock::now() - began < stretched(20s));
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

/// Counts in /proc: the exporter itself may answer late.
std::ptrdiff_t open_descriptors(ExporterProcess& exporter) {
  const auto all = fmt::format("/proc/{}/fd", exporter.process().pid());
  return std::distance(std::filesystem::directory_iterator(all), std::filesystem::directory_iterator());
}

}  // namespace

TEST_CASE("a log that nobody reads any more costs lines and nothing else") {
  for (const std::string afterwards : {"exec <&-", "sleep 15"}) {  // close the pipe, or let it fill up
    CAPTURE(afterwards);
    ExporterProcess exporter({.config = "pools:\n" + bystander_pool,
                              .flags = {"--log.level=debug", "--web.enable-lifecycle"},
                              .launcher = log_into_a_pipe(afterwards)});
    REQUIRE(comes_to_work(exporter, "bystander"));
    exporter.configure(many_problems());
    for (int i = 0; i < 20; ++i) CHECK(exporter.post("/-/reload").status == 500);
    check_that_scrapes_are_fast(exporter);
    CHECK(is_used(exporter, "bystander"));
    exporter.configure("pools:\n" + bystander_pool);
    CHECK(exporter.post("/-/reload").status == 200);
    exporter.process().signal(SIGTERM);
    CHECK(exporter.process().wait_exit(3s) == 0);
  }
}

TEST_CASE("a storm of SIGHUPs fails no scrape, costs no counter and leaves nothing behind") {
  const auto config = [](int max_size) {
    return fmt::format("pools:\n{}  - {{name: orders, dsn: ':memory:', max_size: {}}}\n", bystander_pool,
                       max_size);
  };
  ExporterProcess exporter({.config = config(4)});
  REQUIRE(comes_to_work(exporter, "bystander"));
  REQUIRE(comes_to_work(exporter, "orders"));
  const Scrape before = exporter.scrape();

  std::atomic<bool> watched = true;
  std::jthread storm([&] {
    for (int i = 1; i <= 200 || watched; ++i) {
      exporter.configure(i % 10 == 0 ? many_problems() : config(4 + i % 2));
      exporter.process().signal(SIGHUP);
      std::this_thread::sleep_for(5ms);
    }
  });
  check_that_scrapes_are_fast(exporter);
  watched = false;
  storm.join();

  exporter.configure(config(7));
  exporter.process().signal(SIGHUP);
  CHECK(eventually([&] { return exporter.metric("dbpool_connections_max", of_pool("orders")) == 7; }, 8s));
  CHECK(comes_to_work(exporter, "orders"));
  CHECK_FALSE(exporter.log("configuration reload failed").empty());
  CHECK(exporter.metric("dbpool_exporter_config_last_reload_successful") == 1);
  CHECK(eventually(
      [&] {
        const Scrape now = exporter.scrape();
        return now.at("process_open_fds") <= before.at("process_open_fds") + 2 &&
               now.at("process_threads") <= before.at("process_threads") + 2;
      },
      8s));
  // The unchanged pool is still the same, and the changed one was replaced.
  const Scrape after = exporter.scrape();
  const auto created = [](const Scrape& scrape, const std::string& pool) {
    return scrape.at("dbpool_pool_created_timestamp_seconds", of_pool(pool));
  };
  CHECK(created(after, "bystander") == created(before, "bystander"));
  CHECK(created(after, "orders") > created(before, "orders"));
  for (const char* counter : {"dbpool_acquisitions_total", "dbpool_releases_total"}) {
    CHECK(after.at(counter, of_pool("bystander")) > before.at(counter, of_pool("bystander")));
  }
  CHECK(after.at("dbpool_connections_created_total", of_pool("bystander")) ==
        before.at("dbpool_connections_created_total", of_pool("bystander")));
}

TEST_CASE("after kill -9 the next process answers soon, on the same port and the same database file") {
  const TemporaryDirectory directory;
  const auto config = directory.write(
      "config.yml",
      fmt::format(
          "pools:\n  - {{name: orders, dsn: '{}', create: true, canary: {{interval: 5ms, query: CREATE "
          "TABLE IF NOT EXISTS t (x)}}}}\n",
          (directory.path() / "orders.db").string()));
  const std::uint16_t port = free_port();
  std::vector<double> took;
  auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < 6; ++i) {
    ChildProcess process({DBPOOL_EXPORTER, fmt::format("--web.listen-address=127.0.0.1:{}", port),
                          "--config.file=" + config.string()});
    took.push_back(time_to_first_scrape(process, port, began));
    CHECK(eventually([&] { return http_exchange(port, "GET", "/-/ready").status == 200; }, 5s));
    began = std::chrono::steady_clock::now();
    process.signal(SIGKILL);
    CHECK(process.wait_exit(5s) == 128 + SIGKILL);
  }
  std::ranges::sort(took);
  MESSAGE("to the first scrape: median ", took[took.size() / 2] * 1000, " ms, longest ", took.back() * 1000,
          " ms");
#ifdef DBPOOL_SANITIZED
  constexpr auto promised = 1s;
#else
  constexpr auto promised = 200ms;
#endif
  CHECK(took[took.size() / 2] < std::chrono::duration<double>(stretched(promised)).count());
}

TEST_CASE("hostile clients and databases together do not hold up the end of the process") {
  const HostileServer black_hole(Hostility::black_hole), silent(Hostility::silent), drip(Hostility::drip);
  std::string config = "pools:\n" + bystander_pool, sources = "sources:\n";
  int number = 0;
  for (const HostileServer* server : {&black_hole, &silent, &drip}) {
    config += watchful_pool(fmt::format("orders{}", ++number), server->dsn(), ", acquire_timeout: 60s");
    sources += fmt::format("  - {{name: watch{}, type: pgbouncer, dsn: '{}', timeout: 30s}}\n", number,
                           server->dsn());
  }
  ExporterProcess exporter({.config = config + sources, .flags = {"--web.enable-lifecycle"}});
  REQUIRE(comes_to_work(exporter, "bystander"));
  for (const char* pool : {"orders1", "orders2", "orders3"}) REQUIRE(comes_to_an_outage(exporter, pool));
  const auto before = open_descriptors(exporter);
  const SlowClients slow(
      exporter.port(), 100,
      {Slowness::silent, Slowness::drips_head, Slowness::drips_body, Slowness::hardly_reads});
  // Slow clients have been closed, and others are connected now.
  REQUIRE(eventually([&] { return slow.hung_up() > 40; }, 10s));
  REQUIRE(eventually([&] { return open_descriptors(exporter) >= before + 40; }, 5s));
  exporter.process().signal(SIGTERM);
  CHECK(exporter.process().wait_exit(2s) == 0);
}
