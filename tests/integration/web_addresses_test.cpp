#include <doctest/doctest.h>
#include <signal.h>

#include "tls_scene.hpp"

namespace dbpool::tls {
namespace {

using namespace std::chrono_literals;

/// Returns the address that an exporter has logged as its `number`-th one, from 0.
std::string address_of(const ExporterProcess& exporter, std::size_t number) {
  const auto is_there = [&] { return exporter.log("listening").size() > number; };
  REQUIRE(eventually(is_there, 10s));
  return exporter.log("listening")[number].at("address");
}

void check_quick_stop(ExporterProcess& exporter) {
  exporter.process().signal(SIGTERM);
  CHECK(exporter.process().wait_exit(2s) == 0);
}

}  // namespace

TEST_CASE("the exporter serves IPv6 beside IPv4, and stops within two seconds") {
  ExporterProcess exporter({.flags = {"--web.listen-address=[::1]:0"}});
  const std::string address = address_of(exporter, 1);
  REQUIRE(address.starts_with("[::1]:"));
  CHECK(curl({"-g", "http://" + address + "/metrics"}).status == 200);
  CHECK(exporter.get("/-/healthy").status == 200);
  check_quick_stop(exporter);
}

TEST_CASE("the exporter serves TLS on IPv6") {
  Scene scene(server_keys, {"--web.listen-address=[::1]:0"});
  const std::string ca = scene.certificates.file("ca.pem");
  CHECK(curl({"-g", "--cacert", ca, "https://" + address_of(*scene.exporter, 1) + "/metrics"}).status == 200);
  CHECK(scene.ask().status == 200);
  check_quick_stop(*scene.exporter);
}

TEST_CASE("the exporter serves a Unix socket, replaces one that is left over, and removes it at its end") {
  const TemporaryDirectory directory;
  const std::string path = directory.path() / "web.sock";
  const std::string flag = "--web.listen-address=unix:" + path;
  {
    ExporterProcess killed({.flags = {flag}});
    CHECK(address_of(killed, 1) == "unix:" + path);
    killed.process().signal(SIGKILL);
    killed.process().wait_exit(10s);
  }
  REQUIRE(std::filesystem::exists(path));
  ExporterProcess exporter({.flags = {flag}});
  address_of(exporter, 1);
  for (int i = 0; i < 20; ++i) CHECK(curl({"--unix-socket", path, "http://localhost/metrics"}).status == 200);
  const Finished second = run_exporter({"--web.listen-address=127.0.0.1:0", flag});
  CHECK(second.exit_code == 1);
  CHECK(second.error.find("another process listens there") != std::string::npos);
  CHECK(curl({"--unix-socket", path, "http://localhost/-/ready"}).status == 200);
  check_quick_stop(exporter);
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("idle clients of a Unix socket and of IPv6 do not delay a stop") {
  const TemporaryDirectory directory;
  const std::string path = directory.path() / "web.sock";
  ExporterProcess exporter({.flags = {"--web.listen-address=[::1]:0", "--web.listen-address=unix:" + path}});
  const std::string v6 = address_of(exporter, 1);
  address_of(exporter, 2);
  const ChildProcess by_path({"curl", "-sS", "-N", "-T", "-", "--unix-socket", path, "http://localhost/"});
  const ChildProcess by_v6({"curl", "-sS", "-N", "-g", "-T", "-", "http://" + v6 + "/"});
  check_quick_stop(exporter);
}

TEST_CASE("the health listener answers the two checks without TLS and login, and nothing else") {
  Scene scene(server_keys + "basic_auth_users: {ann: " + hash_of_secret + "}\n",
              {"--web.health-listen-address=127.0.0.1:0"});
  const auto is_there = [&] { return scene.exporter->log("listening for health checks").size() == 1; };
  REQUIRE(eventually(is_there, 10s));
  const std::string url = "http://" + scene.exporter->log("listening for health checks")[0].at("address");
  CHECK(curl({url + "/-/healthy"}).status == 200);
  CHECK(eventually([&] { return curl({url + "/-/ready"}).status == 200; }, 10s));
  for (const char* path : {"/metrics", "/", "/health", "/connections/pools/stats"}) {
    CHECK(curl({url + path}).status == 404);
  }
  CHECK(curl({"-X", "POST", url + "/-/healthy"}).status == 405);
  CHECK(scene.ask().status == 401);
  check_quick_stop(*scene.exporter);
}

}  // namespace dbpool::tls
