#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>

#include "support/http/raw_client.hpp"
#include "support/passed_sockets.hpp"
#include "tls_scene.hpp"

namespace dbpool::tls {
namespace {

using namespace std::chrono_literals;

const std::string use_sockets = "--web.systemd-socket";

/// Returns a descriptor of the same socket that child processes inherit, above those that systemd passes.
Descriptor inheritable(const Descriptor& socket) {
  constexpr int above = 100;
  return Descriptor(::fcntl(socket.get(), F_DUPFD, above));
}

/// The sockets of a .socket unit with two addresses.
struct SocketUnit {
  /// Returns a command that passes them to a program, as systemd does.
  std::vector<std::string> launcher() const {
    const std::string pass =
        fmt::format("exec 3<&{0} 4<&{1} {0}<&- {1}<&-; LISTEN_FDS=2 LISTEN_PID=$$ exec \"$@\"",
                    lent_by_port.get(), lent_by_path.get());
    return {"bash", "-c", pass, "bash"};
  }

  const TemporaryDirectory directory;
  const std::string path = directory.path() / "web.sock";
  std::uint16_t port = 0;
  const Descriptor by_port = listening_on_port(port), by_path = listening_on_path(path);
  const Descriptor lent_by_port = inheritable(by_port), lent_by_path = inheritable(by_path);
};

}  // namespace

TEST_CASE("the exporter serves the sockets that systemd has passed, and no other address") {
  const SocketUnit unit;
  ExporterProcess exporter({.flags = {use_sockets}, .launcher = unit.launcher()});
  REQUIRE(eventually([&] { return exporter.log("listening").size() == 2; }, 10s));
  CHECK(exporter.log("listening")[0].at("address") == fmt::format("127.0.0.1:{}", unit.port));
  CHECK(exporter.log("listening")[1].at("address") == "unix:" + unit.path);
  for (int i = 0; i < 20; ++i) {
    CHECK(exporter.get("/metrics").status == 200);
    CHECK(curl({"--unix-socket", unit.path, "http://localhost/metrics"}).status == 200);
  }
}

TEST_CASE("a restart refuses no client of a passed socket, and idle clients do not delay it") {
  const SocketUnit unit;
  {
    ExporterProcess first({.flags = {use_sockets}, .launcher = unit.launcher()});
    const ChildProcess idle(
        {"curl", "-sS", "-N", "-T", "-", "--unix-socket", unit.path, "http://localhost/"});
    const test::RawClient silent(unit.port);
    first.process().signal(SIGTERM);
    CHECK(first.process().wait_exit(2s) == 0);
  }
  CHECK(std::filesystem::exists(unit.path));
  const test::RawClient early(unit.port);
  early.send("GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const ExporterProcess second({.flags = {use_sockets}, .launcher = unit.launcher()});
  CHECK(test::status_of(early.receive()) == 200);
}

TEST_CASE("the exporter serves TLS on passed sockets") {
  const SocketUnit unit;
  const Certificates certificates;
  certificates.make_authority("ca");
  certificates.make_signed("live", "ca", "DNS:localhost,IP:127.0.0.1");
  certificates.write("web.yml", server_keys);
  const ExporterProcess exporter(
      {.flags = {use_sockets, "--web.config.file=" + certificates.file("web.yml").string()},
       .launcher = unit.launcher()});
  const std::string ca = certificates.file("ca.pem");
  CHECK(curl({"--cacert", ca, fmt::format("https://localhost:{}/metrics", unit.port)}).status == 200);
  CHECK(curl({"--cacert", ca, "--unix-socket", unit.path, "https://localhost/metrics"}).status == 200);
}

TEST_CASE("systemd's own program starts the exporter at the first client") {
  const std::string port = std::to_string(free_port());
  std::vector<std::string> command{"systemd-socket-activate", "-l", "127.0.0.1:" + port, "-E",
                                   "DBPOOL_WEB_SYSTEMD_SOCKET=1"};
  // It passes few variables on.
  for (const std::string name : {"ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"}) {
    if (const char* const value = std::getenv(name.c_str()))
      command.insert(command.end(), {"-E", name + "=" + value});
  }
  command.emplace_back(DBPOOL_EXPORTER);
  ChildProcess activated(command);
  const std::string url = "http://127.0.0.1:" + port + "/metrics";
  CHECK(eventually([&] { return curl({url}).status == 200; }, 20s));
  activated.signal(SIGTERM);
  CHECK(activated.wait_exit(2s) == 0);
}

TEST_CASE("without sockets of systemd the exporter does not start, and says why") {
  const Finished finished = run_exporter({use_sockets});
  CHECK(finished.exit_code == 1);
  CHECK(finished.error.find("serve on the sockets of systemd: it has passed 0") != std::string::npos);
}

}  // namespace dbpool::tls
