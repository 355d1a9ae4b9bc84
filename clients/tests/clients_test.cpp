#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "event_listener.hpp"
#include "support/eventually.hpp"
#include "support/servers/child_process.hpp"
#include "support/servers/postgres_server.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

using Transport = EventAddress::Transport;
using Command = std::vector<std::string>;

const Command go_app{CLIENTS_GO_TESTAPP};
const Command cpp_app{CLIENTS_CPP_TESTAPP};
const Command java_app{"java", "-cp", CLIENTS_JAVA_CLASS_PATH, "App"};

/// A way to send, in one of the languages.
struct Sending {
  std::string name;
  Command app;
  Transport transport;
};

const std::vector<Sending> sendings{
    {"Go, Unix", go_app, Transport::unix_datagram},   {"Go, UDP", go_app, Transport::udp},
    {"C++, Unix", cpp_app, Transport::unix_datagram}, {"C++, UDP", cpp_app, Transport::udp},
    {"Java, UDP", java_app, Transport::udp},
};

/// A pool that a client reports.
struct Reporting {
  std::string name;
  Command app;
  std::string pool;  ///< the program's argument
  Transport transport;
  bool leases;     ///< with numbers and places
  bool connected;  ///< with opened connections
};

const std::vector<Reporting> reportings{
    {"database/sql", go_app, "sql", Transport::unix_datagram, true, true},
    {"pgxpool", go_app, "pgx", Transport::unix_datagram, true, true},
    {"HikariCP", java_app, "hikari", Transport::udp, true, false},
    {"HikariCP without sites", java_app, "nosites", Transport::udp, true, false},
    {"HikariCP's tracker", java_app, "tracker", Transport::udp, false, false},
    {"dbpool::Pool", cpp_app, "dbpool", Transport::unix_datagram, true, false},
};

/// events: the value of DBPOOL_EVENTS.
ChildProcess start(Command command, const Command& arguments, const std::string& events) {
  command.insert(command.end(), arguments.begin(), arguments.end());
  return ChildProcess(command, {{"DBPOOL_EVENTS", events}});
}

/// Returns what the program prints at its end.
nlohmann::json result_of(ChildProcess&& process) {
  const auto exit = process.wait_exit(60s);
  REQUIRE_MESSAGE(exit == 0, process.standard_error());
  return nlohmann::json::parse(process.standard_output());
}

/// Returns the median of the differences in ms between the callers' waits and the first acquisitions, which
/// are theirs. Both are compared in order of size, because they come from several threads.
double difference(std::vector<double> own, const std::vector<EventLine>& acquired) {
  REQUIRE(acquired.size() >= own.size());
  std::vector<double> reported;
  for (std::size_t i = 0; i < own.size(); ++i) reported.push_back(acquired[i].value);
  std::ranges::sort(own);
  std::ranges::sort(reported);
  for (std::size_t i = 0; i < own.size(); ++i) own[i] = std::abs(own[i] - reported[i]);
  std::ranges::sort(own);
  return own[own.size() / 2];
}

PostgresServer& server() {
  static PostgresServer one;
  return one;
}

struct Reported {
  nlohmann::json truth;
  EventLog log;
};

/// Lets the application use its pool of three for six callers, time one out, and leak one lease.
ChildProcess run(const Reporting& what, const std::string& events) {
  const std::string url =
      "postgresql://postgres@127.0.0.1:" + std::to_string(server().port()) + "/postgres?sslmode=disable";
  return start(what.app, {"run", what.pool, url}, events);
}

Reported report(const Reporting& what) {
  const EventAddress address(what.transport);
  const EventListener listener(address);
  nlohmann::json truth = result_of(run(what, address.url()));
  const auto acquisitions = truth["acquisitions"].get<std::size_t>();
  eventually([&] { return listener.log().of("dbpool.acquired").size() >= acquisitions; }, 5s);
  return {std::move(truth), listener.log()};
}

void check_leases(const Reported& reported, bool sites) {
  std::map<std::string, std::string> open;  // place by lease
  std::set<std::string> seen;
  for (const EventLine& line : reported.log.lines) {
    if (line.name == "dbpool.acquired") {
      CHECK(seen.insert(line.tag("lease")).second);
      open[line.tag("lease")] = line.tag("site");
    } else if (line.name == "dbpool.released") {
      CHECK(open.erase(line.tag("lease")) == 1);
    }
  }
  REQUIRE(open.size() == 1);
  if (!sites) {
    CHECK(open.begin()->second.empty());
    return;
  }
  const auto place = reported.truth["leaked_at"].get<std::string>();
  CHECK_MESSAGE(open.begin()->second.find(place) != std::string::npos, open.begin()->second, " is not ",
                place);
}

void check_gauges(const EventLog& log, bool waiting) {
  CHECK(log.of("dbpool.max").back().value == 3);
  CHECK(log.of("dbpool.active").back().value == 1);
  CHECK(!log.of("dbpool.idle").empty());
  CHECK(log.of("dbpool.waiting").empty() == !waiting);
  for (const EventLine& line : log.of("dbpool.active")) CHECK(line.type == "g");
}

}  // namespace

TEST_CASE("a client reports each acquisition of its library with the wait that the caller had") {
  for (const Reporting& what : reportings) {
    CAPTURE(what.name);
    const auto [truth, log] = report(what);
    const auto acquired = log.of("dbpool.acquired"), released = log.of("dbpool.released");
    CHECK(acquired.size() == truth["acquisitions"].get<std::size_t>());
    CHECK(released.size() == acquired.size() - 1);
    CHECK(log.of("dbpool.acquire_timeout").size() == 1);
    CHECK(log.of("dbpool.error").empty());
    CHECK(log.lost() == 0);
    CHECK(difference(truth["waits"].get<std::vector<double>>(), acquired) < 1);
    if (what.connected) CHECK(log.of("dbpool.connected").size() >= 3);
    if (what.leases) check_leases({truth, log}, what.pool != "nosites");
    check_gauges(log, what.pool != "sql" && what.pool != "pgx");
    const std::string client = log.lines.front().tag("client");
    CHECK(!client.empty());
    for (const EventLine& line : log.lines) {
      CHECK(line.tag("pool") == "orders");
      CHECK(line.tag("client") == client);
    }
  }
}

TEST_CASE("the client for this library's pool reports the trace in which a lease was acquired") {
  const auto acquired = report(reportings.back()).log.of("dbpool.acquired");
  REQUIRE(acquired.size() > 1);
  CHECK(acquired.front().tag("trace_id").empty());
  CHECK(acquired.back().tag("trace_id") == "0af7651916cd43dd8448eb211c80319c");
}

TEST_CASE("each line that a client drops leaves one number out") {
  for (const Sending& what : sendings) {
    CAPTURE(what.name);
    const EventAddress address(what.transport);
    const EventListener listener(address);
    const auto result = result_of(start(what.app, {"flood", "200000"}, address.url()));
    const auto dropped = result["dropped"].get<std::uint64_t>();
    const auto sent = result["events"].get<std::uint64_t>() - dropped;
    CHECK(dropped > 0);
    const auto received = [&] { return listener.log().lines.size(); };
    if (what.transport == Transport::unix_datagram) {
      CHECK(eventually([&] { return received() == sent; }, 5s));
      CHECK(listener.log().lost() == dropped);
    } else {  // the kernel may drop some, too
      CHECK(received() <= sent);
    }
    const std::size_t longest_number = 25;
    CHECK(listener.log().longest <= (what.transport == Transport::udp ? 1432 : 8192) + longest_number);
    CHECK(std::ranges::is_sorted(listener.log().sequence));
  }
}

TEST_CASE("a client survives that the exporter is absent, comes, goes and comes again") {
  for (const Sending& what : sendings) {
    CAPTURE(what.name);
    const EventAddress address(what.transport);
    ChildProcess process = start(what.app, {"tick"}, address.url());
    std::uint64_t last = 0;
    for (int i = 0; i < 3; ++i) {
      std::optional<EventListener> listener(std::in_place, address);
      const auto hears = [&] { return listener->log().sequence.size() >= 3; };
      REQUIRE(eventually(hears, 20s));
      CHECK(listener->log().sequence.front() > last);
      last = listener->log().sequence.back();
      CHECK(listener->log().lines.back().tag("pool") == "tick_a_b_c:d e");
      listener.reset();
      CHECK(!process.wait_exit(50ms));
    }
  }
}

TEST_CASE("a client does not wait for an exporter that does not read") {
  for (const Command& app : {go_app, cpp_app}) {
    const EventAddress address(Transport::unix_datagram);
    const int socket = address.bind();
    const auto result = result_of(start(app, {"flood", "200000"}, address.url()));
    std::size_t lines = 0;
    std::string datagram(65536, ' ');
    for (ssize_t size = 0; (size = ::recv(socket, datagram.data(), datagram.size(), MSG_DONTWAIT)) > 0;) {
      lines += 1 + static_cast<std::size_t>(std::count(datagram.begin(), datagram.begin() + size, '\n'));
    }
    CHECK(lines > 0);
    CHECK(lines + result["dropped"].get<std::size_t>() == result["events"].get<std::size_t>());
    ::close(socket);
  }
}

TEST_CASE("without an address a pool works as if there were no client") {
  for (const Reporting& what : reportings) {
    CAPTURE(what.name);
    CHECK(result_of(run(what, ""))["acquisitions"].get<std::size_t>() > 300);
  }
}

TEST_CASE("a Java application with an address that Java cannot send to works, and logs why nothing is sent") {
  ChildProcess process = run(reportings.at(2), "unix:///run/dbpool/events.sock");
  REQUIRE(process.wait_exit(60s) == 0);
  CHECK(process.standard_error().find(
            "allowed is udp://host:port, because Java has no Unix datagram sockets") != std::string::npos);
}

TEST_CASE("Go and C++ refuse an address that they do not know") {
  for (const Command& app : {go_app, cpp_app}) {
    ChildProcess process = start(app, {"flood", "1"}, "tcp://127.0.0.1:8125");
    REQUIRE(process.wait_exit(20s));
    CHECK(process.standard_error().find("allowed are unix:///path and udp://host:port") != std::string::npos);
  }
}
