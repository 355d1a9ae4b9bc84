#include "daemon/pool_log.hpp"

#include <doctest/doctest.h>

#include <optional>

using namespace std::chrono_literals;
using namespace dbpool;

namespace {

struct Line {
  LogLevel level;
  std::string component, message;
  std::vector<LogField> fields;

  template <typename T>
  T field(std::string_view key) const {
    for (const auto& f : fields) {
      if (f.key == key) return std::get<T>(f.value);
    }
    FAIL("no field ", key);
    return {};
  }
};

struct RecordingLogger : Logger {
  void log(LogLevel level, std::string_view component, std::string_view message,
           const std::vector<LogField>& fields) noexcept override {
    lines.push_back({level, std::string(component), std::string(message), fields});
  }
  std::vector<Line> lines;
};

struct Scene {
  RecordingLogger logger;
  std::vector<std::string> phase_changes;
  PoolLog log{PoolOptions{}, logger, [this](const std::string& pool) { phase_changes.push_back(pool); }};

  Line say(const PoolNotice& what) {
    log.notify("orders", what);
    return logger.lines.back();
  }
};

}  // namespace

TEST_CASE("what a pool does is logged in the fixed words, with what varies in keys") {
  Scene s;
  auto line = s.say(notice::Initialized{2, 345ms});
  CHECK(line.message == "connection pool initialized");
  CHECK(line.component == "pool");
  CHECK(line.field<std::string>("pool") == "orders");
  CHECK(line.field<std::int64_t>("min_size") == 2);
  CHECK(line.field<std::int64_t>("max_size") == 10);
  CHECK(line.field<std::int64_t>("connections") == 2);
  CHECK(line.field<double>("duration_ms") == doctest::Approx(345));

  line = s.say(notice::ConnectionLost{"refused"});
  CHECK(line.message == "database connection lost");
  CHECK(line.level == LogLevel::warn);
  CHECK(line.field<std::string>("error") == "refused");

  line = s.say(notice::ReconnectAttempt{3, 4s});
  CHECK(line.message == "reconnection attempt");
  CHECK(line.field<std::int64_t>("attempt") == 3);
  CHECK(line.field<double>("delay_s") == doctest::Approx(4));

  line = s.say(notice::Recovered{3, 7s});
  CHECK(line.message == "connection pool recovered");
  CHECK(line.field<double>("outage_s") == doctest::Approx(7));

  line = s.say(notice::LeakSuspected{{"conn_1", 42, 45200ms, "a.cpp:3 f", {"f", "g"}}});
  CHECK(line.message == "potential connection leak detected");
  CHECK(line.field<std::int64_t>("lease") == 42);
  CHECK(line.field<double>("held_duration_seconds") == doctest::Approx(45.2));
  CHECK(line.field<std::string>("site") == "a.cpp:3 f");
  CHECK(line.field<std::string>("stack_trace") == "f <- g");

  line = s.say(notice::LeakReturned{{"conn_1", 42, 50s, "a.cpp:3 f", {}}});
  CHECK(line.message == "leaked connection returned");
}

TEST_CASE("a connection that was ended while idle is told to those who look for it alone") {
  Scene s;
  s.log.notify("orders", notice::ConnectionEnded{"terminating connection due to idle-session timeout"});
  REQUIRE(s.logger.lines.size() == 1);
  CHECK(s.logger.lines[0].level == LogLevel::debug);
  CHECK(s.logger.lines[0].message == "idle connection ended");
}

TEST_CASE("a failure that repeats is logged once at first, another one at once") {
  Scene s;
  for (int i = 0; i < 50; ++i) s.log.notify("orders", notice::Failure{ErrorKind::connect, "refused"});
  CHECK(s.logger.lines.size() == 1);
  CHECK(s.logger.lines[0].field<std::string>("error_type") == "connect");
  s.log.notify("orders", notice::Failure{ErrorKind::connect, "no such host"});
  CHECK(s.logger.lines.size() == 2);
}

TEST_CASE("reconnection attempts are always logged") {
  Scene s;
  for (unsigned i = 1; i <= 20; ++i) s.log.notify("orders", notice::ReconnectAttempt{i, 16s});
  CHECK(s.logger.lines.size() == 20);
}

TEST_CASE("a change of phase is passed on, and the end of a pool is logged") {
  Scene s;
  s.log.notify("orders", notice::PhaseChanged{PoolPhase::serving, PoolPhase::recovering});
  CHECK(s.phase_changes == std::vector<std::string>{"orders"});
  CHECK(s.logger.lines.empty());
  s.log.notify("orders", notice::PhaseChanged{PoolPhase::shutting_down, PoolPhase::terminated});
  CHECK(s.logger.lines.at(0).message == "connection pool terminated");
}

TEST_CASE("a change of health is logged with its reasons") {
  RecordingLogger logger;
  log_health_change(
      logger,
      {"orders",
       "orders",
       HealthStatus::healthy,
       {HealthStatus::degraded,
        {{HealthReason::errors, HealthStatus::degraded}, {HealthReason::leaks, HealthStatus::degraded}}}});
  REQUIRE(logger.lines.size() == 1);
  CHECK(logger.lines[0].message == "health changed");
  CHECK(logger.lines[0].level == LogLevel::warn);
  CHECK(logger.lines[0].field<std::string>("from") == "healthy");
  CHECK(logger.lines[0].field<std::string>("to") == "degraded");
  CHECK(logger.lines[0].field<std::string>("reasons") == "errors,leaks");
  CHECK(logger.lines[0].field<std::string>("message") ==
        "Recent errors: 0; Potential connection leak: 0 held for too long");
}

TEST_CASE("that a probed pool comes and goes is for debugging, unless it is not well") {
  const auto level = [](HealthStatus from, HealthStatus to, SourceKind kind) {
    RecordingLogger logger;
    log_health_change(logger, {"srv", "srv/a", from, {to, {}}, kind});
    return logger.lines.at(0).level;
  };
  using enum HealthStatus;
  const SourceKind probed = SourceKind::pg_stat_activity;
  CHECK(level(unknown, healthy, probed) == LogLevel::debug);
  CHECK(level(healthy, unknown, probed) == LogLevel::debug);
  CHECK(level(degraded, unknown, probed) == LogLevel::debug);
  CHECK(level(unknown, degraded, probed) == LogLevel::warn);
  CHECK(level(degraded, healthy, probed) == LogLevel::info);
  CHECK(level(unknown, healthy, SourceKind::owned) == LogLevel::info);
}
