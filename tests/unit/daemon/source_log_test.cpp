#include "daemon/source_log.hpp"

#include <doctest/doctest.h>

using namespace dbpool;

namespace {

using Hints = std::vector<std::string>;

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

const std::string said = "warn source can be read, but not all that is configured ";

}  // namespace

TEST_CASE("a hint that stays is logged once, also through a failed reading") {
  RecordingLogger logger;
  SourceLog log(logger);
  for (int i = 0; i < 3; ++i) log.read("app", "", {"max: nothing"});
  CHECK(logger.lines == Hints{said + "app max: nothing"});
  log.read("app", "refused", {});
  log.read("app", "", {"max: nothing"});
  CHECK(logger.lines == Hints{said + "app max: nothing", "warn source cannot be read app refused",
                              "other source can be read again app"});
}

TEST_CASE("each hint of each source is logged for itself") {
  RecordingLogger logger;
  SourceLog log(logger);
  log.read("app", "", {"a", "b"});
  log.read("app", "", {"b", "c"});
  log.read("other", "", {"a"});
  CHECK(logger.lines == Hints{said + "app a", said + "app b", said + "app c", said + "other a"});
}

TEST_CASE("a hint that comes and goes is not logged each time") {
  RecordingLogger logger;
  SourceLog log(logger);
  for (int i = 0; i < 5; ++i) {
    log.read("app", "", {"a"});
    log.read("app", "", {});
  }
  CHECK(logger.lines.size() == 1);
}

TEST_CASE("an error and a hint whose place moves with each answer are not logged each time") {
  RecordingLogger logger;
  SourceLog log(logger);
  for (int i = 7; i < 12; ++i) log.read("app", "line " + std::to_string(i) + " of its answer: cut", {});
  for (int i = 7; i < 12; ++i) log.read("app", "", {"line " + std::to_string(i) + ": too many buckets"});
  for (int i = 7; i < 12; ++i) log.read("app", "not JSON, as byte " + std::to_string(i) + " shows", {});
  CHECK(logger.lines == Hints{"warn source cannot be read app line 7 of its answer: cut",
                              said + "app line 7: too many buckets", "other source can be read again app",
                              "warn source cannot be read app not JSON, as byte 7 shows"});
}

TEST_CASE("errors that differ in another number are logged each for itself") {
  RecordingLogger logger;
  SourceLog log(logger);
  for (const char* const status : {"404", "500"}) log.read("app", std::string("it answered ") + status, {});
  log.read("app", "its last line", {});
  CHECK(logger.lines.size() == 3);
}
