#include "daemon/journal.hpp"

#include <doctest/doctest.h>

#include "support/fakes/fake_clock.hpp"

using namespace std::chrono_literals;
using namespace dbpool;

namespace {

struct CountingLogger : Logger {
  void log(LogLevel, std::string_view, std::string_view, const std::vector<LogField>&) noexcept override {
    ++lines;
  }
  std::size_t lines = 0;
};

struct Journalled {
  CountingLogger logger;
  std::shared_ptr<FakeClock> clock = std::make_shared<FakeClock>();
  Journal journal{logger, clock};

  std::vector<JournalEntry> after(std::string_view text, const std::vector<LogField>& fields,
                                  LogLevel level = LogLevel::warn) {
    journal.log(level, "test", text, fields);
    return journal.entries(1h);
  }
};

}  // namespace

TEST_CASE("a line that reports what happened is logged, and kept with its time, kind, source and pool") {
  Journalled s;
  const auto entries = s.after("health changed", {{"source", "pgb"},
                                                  {"pool", "pgb/orders"},
                                                  {"from", "healthy"},
                                                  {"to", "degraded"},
                                                  {"reasons", "utilization"},
                                                  {"message", "9 of 10 connections are in use"}});
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].time == s.clock->wall());
  CHECK(entries[0].kind == "health_changed");
  CHECK(entries[0].source == "pgb");
  CHECK(entries[0].pool == "pgb/orders");
  CHECK(entries[0].message ==
        "health changed from healthy to degraded: reasons utilization, 9 of 10 connections are in use");
  CHECK(s.logger.lines == 1);
}

TEST_CASE("every kind has the words of its line; an owned pool is its own source, a reload has none") {
  Journalled s;
  auto entry = s.after("database connection lost", {{"pool", "orders"}, {"error", "refused"}}).at(0);
  CHECK(entry.kind == "connection_lost");
  CHECK(entry.source == "orders");
  CHECK(entry.message == "database connection lost: refused");
  entry = s.after("connection pool recovered",
                  {{"pool", "orders"}, {"connections", std::int64_t{2}}, {"outage_s", 12.5}})
              .at(0);
  CHECK(entry.kind == "connection_recovered");
  CHECK(entry.message == "connection pool recovered: connections 2, outage_s 12.5");
  entry = s.after("source cannot be read",
                  {{"source", "pgb"}, {"error", "refused"}, {"suppressed", std::int64_t{0}}})
              .at(0);
  CHECK(entry.kind == "source_lost");
  CHECK(entry.source == "pgb");
  CHECK(entry.pool.empty());
  CHECK(entry.message == "source cannot be read: refused");
  CHECK(s.after("source read", {{"source", "pgb"}}).at(0).kind == "source_found");
  CHECK(s.after("pooler paused", {{"source", "pgb"}, {"database", "app"}}).at(0).kind == "pooler_paused");
  CHECK(s.after("pooler resumed", {{"source", "pgb"}, {"database", "app"}}).at(0).kind == "pooler_resumed");
  CHECK(s.after("configuration reloaded", {}).at(0).source.empty());
  CHECK(s.after("configuration reload failed", {{"problem", "c.yml:2: unknown key"}}).at(0).message ==
        "configuration reload failed: c.yml:2: unknown key");
}

TEST_CASE("other lines, routine, repetitions of a failure and attempts to reconnect are logged alone") {
  Journalled s;
  s.after("listening", {});
  s.after("health changed", {{"pool", "srv/a"}}, LogLevel::debug);
  s.after("source cannot be read", {{"source", "a"}, {"suppressed", std::int64_t{7}}});
  CHECK(s.after("reconnection attempt", {{"pool", "orders"}}).empty());
  CHECK(s.logger.lines == 4);
}

TEST_CASE("entries come newest first, as far back as is asked, by the steady clock") {
  Journalled s;
  s.after("source read", {{"source", "a"}});
  s.clock->advance(30min);
  s.clock->advance_wall(-48h);
  s.after("source read", {{"source", "b"}});
  const auto all = s.journal.entries(31min);
  REQUIRE(all.size() == 2);
  CHECK(all[0].source == "b");
  CHECK(all[1].source == "a");
  CHECK(s.journal.entries(30min).size() == 1);
  CHECK(s.journal.entries(0min).empty());
}

TEST_CASE("the journal keeps the last thousand, each of a bounded length and valid UTF-8") {
  Journalled s;
  for (int i = 0; i < 1001; ++i) s.after("source read", {{"source", std::to_string(i)}});
  const auto entries = s.journal.entries(1h);
  REQUIRE(entries.size() == Journal::capacity);
  CHECK(entries.front().source == "1000");
  CHECK(entries.back().source == "1");
  std::string error = "x";
  for (int i = 0; i < 1000; ++i) error += "é";
  const std::string message = s.after("database connection lost", {{"error", error}}).at(0).message;
  CHECK(message.size() < Journal::longest_message + 3);
  CHECK(message.ends_with("é\xEF\xBF\xBD"));
}
