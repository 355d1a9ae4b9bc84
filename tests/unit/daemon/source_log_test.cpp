#include "daemon/source_log.hpp"

#include <doctest/doctest.h>

#include "support/fakes/known_fleet.hpp"

using namespace dbpool;

namespace {

using Lines = std::vector<std::string>;
using LeaksByPlace = std::map<std::string, std::vector<LeakReport>>;

/// Keeps the logged lines as `level message value value …`.
struct RecordingLogger : Logger {
  void log(LogLevel level, std::string_view /*component*/, std::string_view message,
           const std::vector<LogField>& fields) noexcept override {
    std::string line = (level == LogLevel::warn ? "warn " : "other ") + std::string(message);
    for (const LogField& field : fields) {
      if (const auto* const text = std::get_if<std::string>(&field.value)) line += " " + *text;
    }
    lines.push_back(std::move(line));
  }
  std::vector<std::string> lines;
};

/// A log that is given readings of sources by their parts.
struct LogScene {
  void read(const std::string& source, const std::string& problem, const Lines& hints) {
    PoolSource::Reading reading;
    reading.up = problem.empty();
    reading.last_error = problem;
    reading.hints = hints;
    read(source, reading);
  }
  void read(const std::string& source, const PoolSource::Reading& reading, const LeaksByPlace& leaks = {}) {
    log.read({source, SourceKind::pgbouncer, reading, leaks});
  }

  RecordingLogger logger;
  SourceLog log{logger};
};

const std::string first = "other source read app pgbouncer";
const std::string said = "warn source can be read, but not all that is configured ";

}  // namespace

TEST_CASE("a hint that stays is logged once, also through a failed reading") {
  LogScene log;
  for (int i = 0; i < 3; ++i) log.read("app", "", {"max: nothing"});
  CHECK(log.logger.lines == Lines{first, said + "app max: nothing"});
  log.read("app", "refused", {});
  log.read("app", "", {"max: nothing"});
  CHECK(log.logger.lines ==
        Lines{first, said + "app max: nothing", "warn source cannot be read app refused", first});
}

TEST_CASE("each hint of each source is logged for itself") {
  LogScene log;
  log.read("app", "", {"a", "b"});
  log.read("app", "", {"b", "c"});
  log.read("other", "", {"a"});
  CHECK(log.logger.lines == Lines{first, said + "app a", said + "app b", said + "app c",
                                  "other source read other pgbouncer", said + "other a"});
}

TEST_CASE("a hint that comes and goes is not logged each time") {
  LogScene log;
  for (int i = 0; i < 5; ++i) {
    log.read("app", "", {"a"});
    log.read("app", "", {});
  }
  CHECK(log.logger.lines == Lines{first, said + "app a"});
}

TEST_CASE("an error and a hint whose place moves with each answer are not logged each time") {
  LogScene log;
  for (int i = 7; i < 12; ++i) log.read("app", "line " + std::to_string(i) + " of its answer: cut", {});
  for (int i = 7; i < 12; ++i) log.read("app", "", {"line " + std::to_string(i) + ": too many buckets"});
  for (int i = 7; i < 12; ++i) log.read("app", "not JSON, as byte " + std::to_string(i) + " shows", {});
  CHECK(log.logger.lines == Lines{"warn source cannot be read app line 7 of its answer: cut", first,
                                  said + "app line 7: too many buckets",
                                  "warn source cannot be read app not JSON, as byte 7 shows"});
}

TEST_CASE("errors that differ in another number are logged each for itself") {
  LogScene log;
  for (const char* const status : {"404", "500"}) log.read("app", std::string("it answered ") + status, {});
  log.read("app", "its last line", {});
  CHECK(log.logger.lines.size() == 3);
}

TEST_CASE("a database that the pooler pauses is logged when it is paused and when it is resumed") {
  LogScene log;
  PoolSnapshot database = pool_named("pgb/app", PoolScope::database), pool = pool_named("pgb/app/alice");
  pool.waiting = 4;
  const auto read = [&](std::optional<bool> paused) {
    PoolSource::Reading reading;
    reading.up = true;
    database.paused = paused;
    reading.pools = {database, pool};
    log.read("pgb", reading);
  };
  const Lines begun{"other source read pgb pgbouncer"};
  read(false);
  CHECK(log.logger.lines == begun);
  read(true);
  read(true);
  CHECK(log.logger.lines == Lines{begun[0], "warn pooler paused pgb app"});
  log.read("pgb", "refused", {});
  read(true);
  CHECK(log.logger.lines.size() == 4);
  read(std::nullopt);
  CHECK(log.logger.lines.back() == "other pooler resumed pgb app");
}

TEST_CASE("a leak that a server reports is logged once, and again when it has gone") {
  LogScene log;
  PoolSource::Reading reading;
  reading.up = true;
  LeakReport leak{"4711", 4711, std::chrono::seconds(90), "billing", {}};
  leak.session = ServerSession{};
  leak.session->pid = 4711;
  leak.session->application = "billing";
  leak.session->client = "10.0.0.7";
  leak.session->state = "idle in transaction";
  for (int i = 0; i < 3; ++i) log.read("srv", reading, {{"srv/app/alice/billing", {leak}}});
  const std::string fields = " srv/app/alice/billing 4711 billing billing 10.0.0.7 idle in transaction";
  CHECK(log.logger.lines ==
        Lines{"other source read srv pgbouncer", "warn potential connection leak detected" + fields});
  log.read("srv", "refused", {});
  log.read("srv", reading);
  CHECK(log.logger.lines.back() == "other leaked connection returned" + fields);
}

TEST_CASE("a source that is gone is forgotten, and logged as new when it is back") {
  LogScene log;
  for (const std::string name : {"app", "kept"}) log.read(name, "", {});
  SourceConfig kept;
  kept.probe.name = "kept";
  log.log.keep_only({kept});
  log.logger.lines.clear();
  for (const std::string name : {"app", "kept"}) log.read(name, "", {});
  CHECK(log.logger.lines == Lines{first});
}
