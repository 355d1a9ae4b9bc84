#include "drivers/postgres/connect.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <latch>

#include "drivers/postgres/at_place.hpp"
#include "support/eventually.hpp"
#include "support/fakes/gate.hpp"
#include "support/servers/hostile_server.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

TimePoint now() {
  return std::chrono::steady_clock::now();
}

struct Failure {
  ErrorKind kind;
  std::string message;
  Duration took;
};

Failure failure_of(Driver& driver, Duration bound) {
  const TimePoint begin = now();
  try {
    connect(driver, Deadline(begin + bound));
  } catch (const DriverError& error) {
    return {error.kind(), error.what(), now() - begin};
  }
  FAIL("the connect succeeded");
  return {};
}

Failure failure_at(const std::string& dsn, Duration bound) {
  return failure_of(*postgres_driver(DsnSource(Dsn(dsn))), bound);
}

/// Returns the quickest of three failures, so that a busy machine does not add to the delay.
Failure quickest_failure_at(const std::string& dsn, Duration bound) {
  Failure best = failure_at(dsn, bound);
  for (int i = 0; i < 2; ++i) {
    Failure next = failure_at(dsn, bound);
    if (next.took < best.took) best = std::move(next);
  }
  return best;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a connect that nobody answers ends at its deadline") {
  for (const Hostility hostility : {Hostility::black_hole, Hostility::silent, Hostility::drip}) {
    CAPTURE(static_cast<int>(hostility));
    const HostileServer server(hostility);
    const Failure failure = quickest_failure_at(server.dsn(), 300ms);
    CHECK(failure.kind == ErrorKind::timeout);
    CHECK(failure.took >= 300ms);
    CHECK(failure.took < 300ms + stretched(100ms));
    CHECK(contains(failure.message, "\"app\" at 127.0.0.1:" + std::to_string(server.port()) + " as \"bob\""));
    CHECK_FALSE(contains(failure.message, "hunter2secret"));
  }
}

TEST_CASE("a server that takes the connection and says nothing is told from one that cannot be reached") {
  const auto is_unanswered = [](Hostility hostility, const std::string& options) {
    const HostileServer server(hostility);
    const auto driver = postgres_driver(DsnSource(Dsn(server.dsn() + options)));
    try {
      connect(*driver, Deadline(now() + 300ms));
    } catch (const ConnectUnanswered& error) {
      return error.kind() == ErrorKind::timeout;
    } catch (const DriverError&) {
      return false;
    }
    return false;
  };
  for (const char* options : {" sslmode=disable", " sslmode=prefer"}) {
    CAPTURE(options);
    CHECK(is_unanswered(Hostility::silent, options));
    CHECK_FALSE(is_unanswered(Hostility::black_hole, options));
    CHECK_FALSE(is_unanswered(Hostility::refuse, options));
  }
}

TEST_CASE("a connect that is turned away fails at once") {
  for (const Hostility hostility : {Hostility::refuse, Hostility::reset, Hostility::garbage}) {
    CAPTURE(static_cast<int>(hostility));
    const HostileServer server(hostility);
    const Failure failure = failure_at(server.dsn(), 5s);
    CHECK(failure.kind == ErrorKind::connect);
    CHECK(failure.took < 4s);
    CHECK_FALSE(contains(failure.message, "hunter2secret"));
    CHECK_FALSE(contains(failure.message, "\n"));
  }
}

TEST_CASE("an operation that is advanced before its socket is ready only waits") {
  const HostileServer server(Hostility::black_hole);
  const auto driver = postgres_driver(DsnSource(Dsn(server.dsn())));
  const auto operation = driver->start_connect(Deadline(now() + 10s));
  for (int i = 0; i < 100; ++i) {
    const auto wait = operation->advance(now());
    REQUIRE(wait.has_value());
    CHECK(wait->fd >= 0);
  }
}

TEST_CASE("a connect judges its deadline by the time that it is given") {
  const HostileServer server(Hostility::black_hole);
  const auto driver = postgres_driver(DsnSource(Dsn(server.dsn())));
  const TimePoint deadline = now() + 1h;
  const auto operation = driver->start_connect(Deadline(deadline));
  CHECK(operation->advance(now()).has_value());
  CHECK(operation->advance(deadline - 1ms).has_value());
  CHECK_THROWS_AS(operation->advance(deadline), DriverError);
}

TEST_CASE("a hundred connects to nowhere wait on one worker and end at their deadline together") {
  const HostileServer server(Hostility::black_hole);
  const auto driver = postgres_driver(DsnSource(Dsn(server.dsn())));
  const auto scheduler = std::make_shared<ThreadScheduler>(1);
  const TimePoint begin = now();
  std::latch all(100);
  std::atomic<int> failed = 0;
  for (int i = 0; i < 100; ++i) {
    run_on({scheduler, machine_clock()}, driver->start_connect(Deadline(begin + 300ms)),
           [&](const std::exception_ptr& error) {
             if (error) ++failed;
             all.count_down();
           });
  }
  all.wait();
  CHECK(failed == 100);
  CHECK(now() - begin >= 300ms);
  CHECK(now() - begin < stretched(1300ms));
  scheduler->stop();
}

TEST_CASE("a silent place leaves the others their share of the time") {
  const HostileServer silent(Hostility::black_hole);
  const HostileServer refusing(Hostility::refuse);
  const std::string dsn = "host=127.0.0.1,127.0.0.1 port=" + std::to_string(silent.port()) + "," +
                          std::to_string(refusing.port()) + " user=bob sslmode=disable";
  const Failure failure = failure_at(dsn, 1s);
  CHECK(failure.kind == ErrorKind::connect);
  CHECK(contains(failure.message, "refused"));
  CHECK(failure.took >= 450ms);
}

TEST_CASE("a dead resolver holds up a connect until its deadline only") {
  const auto dead = std::make_shared<Gate>();
  const auto threads = std::make_shared<PostgresThreads>([dead](const std::string&) {
    dead->pass();
    return Addresses{{}, "gone"};
  });
  const auto driver =
      postgres_driver(DsnSource(Dsn("host=db.example user=bob password=hunter2secret")), threads);
  const Failure failure = failure_of(*driver, 200ms);
  CHECK(failure.kind == ErrorKind::timeout);
  CHECK(failure.took >= 200ms);
  CHECK(failure.took < stretched(1200ms));
  CHECK(failure.message ==
        "cannot connect to PostgreSQL \"bob\" at db.example:5432 as \"bob\": its host name was not found in "
        "time");
  dead->open();
  dead->await_passed(1);
}

TEST_CASE("a host that does not exist is a failed connect") {
  const auto threads = std::make_shared<PostgresThreads>([](const std::string&) {
    return Addresses{{}, "Name or service not known"};
  });
  const auto driver = postgres_driver(DsnSource(Dsn("host=db.example user=bob")), threads);
  const Failure failure = failure_of(*driver, 5s);
  CHECK(failure.kind == ErrorKind::connect);
  CHECK(contains(failure.message, "cannot look up host \"db.example\": Name or service not known"));
}

TEST_CASE("every address of a name is tried, on the port of its host") {
  const HostileServer server(Hostility::refuse);
  const auto threads = std::make_shared<PostgresThreads>([](const std::string&) {
    return Addresses{{"127.0.0.2", "127.0.0.3"}, ""};
  });
  const std::string port = std::to_string(server.port());
  const auto driver = postgres_driver(DsnSource(Dsn("host=db.example user=bob port=" + port)), threads);
  const Failure failure = failure_of(*driver, 5s);
  CAPTURE(failure.message);
  CHECK(contains(failure.message, "\"127.0.0.2\", port " + port + " failed"));
  CHECK(contains(failure.message, "\"127.0.0.3\", port " + port + " failed"));
}

TEST_CASE("a host whose name is not found in half of the time is left out when another is there") {
  const HostileServer server(Hostility::refuse);
  const auto dead = std::make_shared<Gate>();
  const auto threads = std::make_shared<PostgresThreads>([dead](const std::string&) {
    dead->pass();
    return Addresses{{}, "gone"};
  });
  const std::string dsn = "host=dead.example,127.0.0.1 user=bob port=" + std::to_string(server.port());
  const Failure failure = failure_of(*postgres_driver(DsnSource(Dsn(dsn)), threads), 400ms);
  CHECK(failure.kind == ErrorKind::connect);
  CHECK(contains(failure.message, "refused"));
  CHECK(failure.took >= 200ms);
  dead->open();
  dead->await_passed(1);
}

TEST_CASE("a driver at a place connects there alone, wherever the DSN and the environment lead") {
  const HostileServer elsewhere(Hostility::silent);
  const HostileServer server(Hostility::refuse);
  const auto asked = std::make_shared<Guarded<std::vector<std::string>>>();
  const auto threads = std::make_shared<PostgresThreads>([asked](const std::string& host) {
    asked->access()->push_back(host);
    return Addresses{{"127.0.0.2"}, ""};
  });
  const std::string port = std::to_string(server.port());
  const auto driver = postgres_driver_at(PostgresPlace{"db.example", "", port},
                                         DsnSource(Dsn(elsewhere.dsn() + " hostaddr=127.0.0.1")), threads,
                                         PostgresCancel::leave);
  const Failure failure = failure_of(*driver, 5s);
  CHECK(contains(failure.message, "\"127.0.0.2\", port " + port + " failed"));
  CHECK(*asked->access() == std::vector<std::string>{"db.example"});
}

TEST_CASE("a DSN file is read at every connect, and info follows it") {
  const auto file = std::filesystem::temp_directory_path() / ("dbpool_dsn_" + std::to_string(::getpid()));
  const HostileServer server(Hostility::refuse);
  std::filesystem::remove(file);
  const auto driver = postgres_driver(DsnSource(file));
  CHECK(driver->info().driver == "postgres");
  CHECK(driver->info().user.empty());
  const Failure absent = failure_of(*driver, 1s);
  CHECK(absent.kind == ErrorKind::connect);
  CHECK(contains(absent.message, file.string()));
  std::ofstream(file) << server.dsn() << '\n';
  failure_of(*driver, 1s);
  CHECK(driver->info().user == "bob");
  CHECK(driver->info().database == "app");
  std::filesystem::remove(file);
}
