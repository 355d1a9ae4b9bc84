#include <doctest/doctest.h>
#include <signal.h>

#include "support/notify_socket.hpp"
#include "tls_scene.hpp"

namespace dbpool::tls {
namespace {

using namespace std::chrono_literals;

bool gets(NotifySocket& systemd, const std::string& beginning, std::ptrdiff_t times = 1) {
  const auto begins = [&](const std::string& report) { return report.starts_with(beginning); };
  return eventually([&] { return std::ranges::count_if(systemd.received(), begins) >= times; }, 20s);
}

}  // namespace

TEST_CASE("systemd learns when the exporter is ready, how its pools are, that it reloads and that it stops") {
  const TemporaryDirectory directory;
  NotifySocket systemd(directory.path() / "notify");
  ExporterProcess exporter(
      {.config = "pools: [{name: a}, {name: b}]", .environment = {{"NOTIFY_SOCKET", systemd.name()}}});
  REQUIRE(gets(systemd, "READY=1"));
  CHECK(systemd.received().front() == "READY=1");
  CHECK(exporter.get("/-/healthy").status == 200);
  CHECK(gets(systemd, "STATUS=2 pools"));
  exporter.configure("pools: [{name: a}]");
  exporter.process().signal(SIGHUP);
  CHECK(gets(systemd, "RELOADING=1\nMONOTONIC_USEC="));
  CHECK(gets(systemd, "READY=1", 2));
  CHECK(eventually([&] { return systemd.has("STATUS=1 pool"); }, 20s));
  exporter.configure("pools: [{nam: a}]");
  exporter.process().signal(SIGHUP);
  CHECK(gets(systemd, "READY=1", 3));
  CHECK_FALSE(systemd.has("WATCHDOG=1"));
  exporter.process().signal(SIGTERM);
  CHECK(exporter.process().wait_exit(5s) == 0);
  CHECK(systemd.has("STOPPING=1\nSTATUS=shutting down"));
}

TEST_CASE("the watchdog is fed while scrapes are answered, also with TLS and a login") {
  const std::string name = "@dbpool_test_watchdog_" + std::to_string(::getpid());
  for (const std::string& web :
       {std::string(), "basic_auth_users: {ann: " + hash_of_secret + "}\n" + server_keys}) {
    NotifySocket systemd(name);
    const Certificates certificates;
    certificates.make_authority("ca");
    certificates.make_signed("live", "ca", "DNS:localhost");
    certificates.write("web.yml", web);
    ExporterSetup setup{.environment = {{"NOTIFY_SOCKET", name}, {"WATCHDOG_USEC", "4000000"}}};
    if (!web.empty()) setup.flags = {"--web.config.file=" + certificates.file("web.yml").string()};
    const ExporterProcess exporter(setup);
    CHECK(gets(systemd, "WATCHDOG=1", 3));
    CHECK(exporter.log("login refused").empty());
  }
}

}  // namespace dbpool::tls
