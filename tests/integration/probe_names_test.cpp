#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <set>
#include <system_error>

#include "support/eventually.hpp"
#include "support/servers/app_bouncer.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/free_port.hpp"
#include "support/servers/name_server.hpp"
#include "support/servers/scripted_http_server.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

/// A port where nothing may ever connect.
class ForbiddenPlace {
 public:
  ForbiddenPlace(const std::string& address, std::uint16_t port)
      : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in place = loopback(port);
    ::inet_pton(AF_INET, address.c_str(), &place.sin_addr);
    if (::bind(listener_, reinterpret_cast<const sockaddr*>(&place), sizeof place) != 0 ||
        ::listen(listener_, 8) != 0)
      throw std::system_error(errno, std::generic_category(), "listen at " + address);
  }
  ForbiddenPlace(const ForbiddenPlace&) = delete;
  ForbiddenPlace& operator=(const ForbiddenPlace&) = delete;
  ~ForbiddenPlace() { ::close(listener_); }

  bool was_reached() const {
    pollfd waiting{listener_, POLLIN, 0};
    return ::poll(&waiting, 1, 0) > 0;
  }

 private:
  const int listener_;
};

std::string probe_path(const std::string& host, std::uint16_t port, const std::string& module) {
  return fmt::format("/probe?module={}&target={}:{}", module, host, port);
}

/// Answers a page of metrics and closes the connection, so that each reading connects anew.
ScriptedAnswer metrics_once(const std::string& /*request*/) {
  const std::string text =
      "# TYPE hikaricp_connections_active gauge\nhikaricp_connections_active{pool=\"shop\"} 3\n";
  return {fmt::format("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nConnection: close\r\n"
                      "Content-Length: {}\r\n\r\n{}",
                      text.size(), text),
          false, true};
}

std::string answered_at(const std::vector<std::string>& addresses, std::size_t asked_before) {
  return addresses.at(std::min(asked_before, addresses.size() - 1));
}

}  // namespace

TEST_CASE("a name that leads elsewhere at its second lookup is not followed there over HTTP") {
  const ScriptedHttpServer server(metrics_once);
  const ForbiddenPlace forbidden("127.0.0.2", server.port());
  const NameServer names([](const std::string&, std::size_t before) {
    return std::vector{answered_at({"127.0.0.1", "127.0.0.2"}, before)};
  });
  const ExporterProcess exporter({.config = fmt::format(R"(
modules:
  app: {{type: prometheus, url: "http://target/metrics", targets: ["127.0.0.1:{}"], interval: 100ms}}
)",
                                                        server.port()),
                                  .launcher = names.launcher()});
  const std::string path = probe_path("rebound.test", server.port(), "app");
  const HttpAnswer first = exporter.get(path);
  CHECK(first.status == 200);
  CHECK(Scrape(first.body).value("probe_success") == 1);
  CHECK(eventually([&] { return exporter.get(path).status == 403; }, 20s));
  CHECK(exporter.get(path).status == 403);
  CHECK(names.asked("rebound.test") >= 3);
  CHECK_FALSE(forbidden.was_reached());
  CHECK_FALSE(exporter.log("target is not allowed where its name leads").empty());
}

TEST_CASE("a name that leads elsewhere at its second lookup is not followed there by a database's driver") {
  AppBouncer site;
  const ForbiddenPlace forbidden("127.0.0.2", site.pooler.port());
  const NameServer names([](const std::string&, std::size_t before) {
    return std::vector{answered_at({"127.0.0.1", "127.0.0.2"}, before)};
  });
  const ExporterProcess exporter({.config = fmt::format(R"(
modules:
  pgb: {{type: pgbouncer, dsn: "user=stats dbname=pgbouncer", targets: ["127.0.0.1:{}"], interval: 100ms}}
)",
                                                        site.pooler.port()),
                                  .launcher = names.launcher()});
  const std::string path = probe_path("rebound.test", site.pooler.port(), "pgb");
  const HttpAnswer first = exporter.get(path);
  CHECK(first.status == 200);
  CHECK(Scrape(first.body).value("probe_success") == 1);
  CHECK(names.asked("rebound.test") == 1);
  site.pooler.kill();  // so that the driver has to connect again
  CHECK(eventually([&] { return exporter.get(path).status == 403; }, 20s));
  CHECK(names.asked("rebound.test") >= 2);
  CHECK_FALSE(forbidden.was_reached());
}

TEST_CASE("a name of an allowed pattern leads neither to this host nor to the metadata of its cloud") {
  const std::uint16_t port = free_port();
  const ForbiddenPlace forbidden("127.0.0.1", port);
  const NameServer names([](const std::string& name, std::size_t) {
    return std::vector<std::string>{name == "loop.db.test" ? "127.0.0.1" : "169.254.169.254"};
  });
  const ExporterProcess exporter({.config = fmt::format(R"(
modules:
  pgb: {{type: pgbouncer, dsn: "user=stats dbname=pgbouncer", targets: ["*.db.test:{}"]}}
)",
                                                        port),
                                  .launcher = names.launcher()});
  CHECK(exporter.get(probe_path("loop.db.test", port, "pgb")).status == 403);
  CHECK(exporter.get(probe_path("meta.db.test", port, "pgb")).status == 403);
  CHECK(names.asked("loop.db.test") == 1);
  CHECK(names.asked("meta.db.test") == 1);
  CHECK_FALSE(forbidden.was_reached());
  CHECK_FALSE(exporter.scrape().mentions({{"source", "pgb/loop.db.test:" + std::to_string(port)}}));
}

TEST_CASE("a name that no entry may allow is not even looked up") {
  const NameServer names(
      [](const std::string&, std::size_t) { return std::vector<std::string>{"127.0.0.1"}; });
  const ExporterProcess exporter({.config = R"(
modules:
  pgb: {type: pgbouncer, dsn: "user=stats dbname=pgbouncer", targets: ["*.db.test:6432", "127.0.0.1:1"]}
)",
                                  .launcher = names.launcher()});
  CHECK(exporter.get("/probe?module=pgb&target=evil.example:6432").status == 403);
  CHECK(names.asked("evil.example") == 0);
}

TEST_CASE("a name without an address is a target that is down") {
  const NameServer names([](const std::string&, std::size_t) { return std::vector<std::string>{}; });
  const ExporterProcess exporter({.config = R"(
modules:
  pgb: {type: pgbouncer, dsn: "user=stats dbname=pgbouncer", targets: ["*.db.test:6432"]}
)",
                                  .launcher = names.launcher()});
  const HttpAnswer answer = exporter.get("/probe?module=pgb&target=gone.db.test:6432");
  CHECK(answer.status == 200);
  CHECK(Scrape(answer.body).value("probe_success") == 0);
  CHECK(Scrape(answer.body).value("dbpool_up", {{"source", "pgb/gone.db.test:6432"}}) == 0);
}

TEST_CASE("addresses in every disguise are refused, and all refusals have one text") {
  const std::uint16_t port = free_port();
  const ForbiddenPlace forbidden("127.0.0.1", port);
  const ExporterProcess exporter({.config = R"(
modules:
  pgb: {type: pgbouncer, dsn: "user=stats dbname=pgbouncer", targets: ["0.0.0.0/0:*", "[::/0]:*", "*:*"]}
)"});
  std::set<std::string> texts;
  for (const auto* const host : {"127.0.0.1", "127.9.9.9", "0.0.0.0", "169.254.169.254", "[::1]", "[::]",
                                 "[fe80::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]"}) {
    CAPTURE(host);
    const HttpAnswer answer = exporter.get(probe_path(host, port, "pgb"));
    CHECK(answer.status == 403);
    texts.insert(answer.body);
  }
  CHECK(texts.size() == 1);
  texts.clear();
  for (const auto* const host :
       {"127.1", "2130706433", "0x7f000001", "017700000001", "127.0.0.1%00", "127.0.0.1,", "user@127.0.0.1",
        "http://127.0.0.1", "%2Frun%2Fpg", "[fe80::1%25lo]", "a%20b"}) {
    CAPTURE(host);
    const HttpAnswer answer = exporter.get(probe_path(host, port, "pgb"));
    CHECK(answer.status == 400);
    texts.insert(answer.body);
  }
  CHECK(texts.size() == 1);
  CHECK_FALSE(forbidden.was_reached());
}
