#include "sources/sql/sql_probe.hpp"

#include <doctest/doctest.h>

#include "support/fakes/fake_driver.hpp"

using namespace std::chrono_literals;
using namespace dbpool;

namespace {

/// A probe that sends two statements to a fake server and returns the answers.
struct Interview {
  Answers ask() {
    const auto operation = probe.start_read(Deadline(clock->now() + 2s));
    for (auto wait = operation->advance(clock->now()); wait; wait = operation->advance(clock->now()))
      clock->advance(wait->until - clock->now());
    operation->take();
    return heard;
  }

  std::shared_ptr<FakeClock> clock = std::make_shared<FakeClock>();
  std::shared_ptr<test::FakeDatabase> server = std::make_shared<test::FakeDatabase>(clock);
  Answers heard;
  SqlProbe probe{std::make_shared<test::FakeDriver>(server),
                 {{"SHOW A"}, {"SHOW B", false}, {"SHOW OLD B", false, 1}},
                 [this](const Answers& answers) {
                   heard = answers;
                   return ProbeResult{};
                 }};
};

const QueryResult table{{"x"}, {{"7"}}, 0};

}  // namespace

TEST_CASE("a probe asks everything over one connection, which it keeps") {
  Interview interview;
  interview.server->answers.access()->emplace("SHOW A", table);
  for (int i = 0; i < 3; ++i) {
    const Answers answers = interview.ask();
    REQUIRE(answers.size() == 3);
    CHECK(answers[0]->rows[0][0] == "7");
    CHECK(answers[1].has_value());
  }
  CHECK(interview.server->connects == 1);
  CHECK(interview.server->most_open == 1);
}

TEST_CASE("a kept connection that has ended is replaced within the same reading") {
  Interview interview;
  for (int readings = 1; readings <= 3; ++readings) {
    CHECK(interview.ask().size() == 3);
    CHECK(interview.server->connects == readings);
    interview.server->restart();
  }
  CHECK(interview.server->most_open == 1);
  CHECK(interview.server->orphans == 0);
}

TEST_CASE("a kept connection that ends in the middle takes its answers with it") {
  Interview interview;
  interview.ask();
  interview.server->ping_takes = Duration(500ms);
  const auto operation = interview.probe.start_read(Deadline(interview.clock->now() + 2s));
  REQUIRE(operation->advance(interview.clock->now()).has_value());
  interview.clock->advance(500ms);
  REQUIRE(operation->advance(interview.clock->now()).has_value());  // the first answer has arrived
  interview.server->restart();
  interview.server->answers.access()->emplace("SHOW A", table);
  interview.server->ping_takes = Duration::zero();
  interview.clock->advance(500ms);
  CHECK_FALSE(operation->advance(interview.clock->now()).has_value());
  operation->take();
  CHECK(interview.heard[0]->rows[0][0] == "7");
  CHECK(interview.server->connects == 2);
}

TEST_CASE("a connection that is new and ends fails the reading") {
  Interview interview;
  interview.server->ping_takes = Duration(500ms);
  const auto operation = interview.probe.start_read(Deadline(interview.clock->now() + 2s));
  REQUIRE(operation->advance(interview.clock->now()).has_value());
  interview.server->restart();
  interview.clock->advance(500ms);
  CHECK_THROWS_AS(operation->advance(interview.clock->now()), DriverError);
  CHECK(interview.server->connects == 1);
  CHECK(interview.server->open == 0);
}

TEST_CASE("a kept connection that has ended fails the reading only when no other can be had, and in time") {
  Interview interview;
  interview.ask();
  interview.server->up = false;
  CHECK_THROWS_WITH_AS(interview.ask(), "fake database: refused", DriverError);
  interview.server->up = true;
  interview.ask();
  interview.server->restart();
  interview.server->connect_takes = Duration(1h);
  const auto began = interview.clock->now();
  CHECK_THROWS_WITH_AS(interview.ask(), "fake database: no answer in time", DriverError);
  CHECK(interview.clock->now() - began <= 2s);
  CHECK(interview.server->open == 0);
}

TEST_CASE("a server that refuses fails the reading") {
  Interview interview;
  interview.server->up = false;
  CHECK_THROWS_AS(interview.ask(), DriverError);
  interview.server->up = true;
  CHECK_NOTHROW(interview.ask());
}

TEST_CASE("a server that falls silent ends the reading at its deadline and loses the connection") {
  Interview interview;
  interview.ask();
  interview.server->silent = true;
  const auto began = interview.clock->now();
  CHECK_THROWS_AS(interview.ask(), DriverError);
  CHECK(interview.clock->now() - began == 2s);
  CHECK(interview.server->open == 0);
}

TEST_CASE("a statement that the server does not know is no answer when it may be missing") {
  Interview interview;
  interview.server->unknown.access()->insert("SHOW B");
  const Answers answers = interview.ask();
  CHECK(answers[0].has_value());
  CHECK_FALSE(answers[1].has_value());
  CHECK(interview.server->open == 1);
}

TEST_CASE("what the server does not know it is asked once a connection") {
  Interview interview;
  interview.server->unknown.access()->insert("SHOW B");
  interview.ask();
  CHECK(interview.server->pings == 3);
  const Answers again = interview.ask();
  CHECK(interview.server->pings == 5);
  CHECK(again.size() == 3);
  CHECK_FALSE(again[1].has_value());
  CHECK(again[2].has_value());

  interview.server->restart();
  interview.server->unknown.access()->clear();
  CHECK(interview.ask()[1].has_value());
}

TEST_CASE("a fallback is asked only where the statement that it stands in for has no answer") {
  Interview interview;
  const Answers answers = interview.ask();
  CHECK(interview.server->pings == 2);
  CHECK(answers[1].has_value());
  CHECK_FALSE(answers[2].has_value());
}

TEST_CASE("a statement that must be answered fails the reading when the server does not know it") {
  Interview interview;
  interview.server->unknown.access()->insert("SHOW A");
  CHECK_THROWS_AS(interview.ask(), DriverError);
}

TEST_CASE("a reading that is given up leaves the probe usable") {
  Interview interview;
  interview.server->silent = true;
  {
    const auto operation = interview.probe.start_read(Deadline(interview.clock->now() + 2s));
    CHECK(operation->advance(interview.clock->now()).has_value());
  }
  interview.server->silent = false;
  CHECK_NOTHROW(interview.ask());
}
