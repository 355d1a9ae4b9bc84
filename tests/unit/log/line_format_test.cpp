#include "log/line_format.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <nlohmann/json.hpp>

namespace dbpool {
namespace {

using namespace std::chrono_literals;

const auto moment = std::chrono::system_clock::time_point(1'767'323'045'067ms);  // 2026-01-02T03:04:05.067Z

std::string value_as_logfmt(std::string value) {
  const std::vector<LogField> fields{{"k", std::move(value)}};
  const std::string line = logfmt_line({moment, LogLevel::info, "c", "m", fields});
  return line.substr(line.find(" k=") + 3);
}

TEST_CASE("a logfmt line names time, level, component, pool, message and then the rest") {
  const std::vector<LogField> fields{
      {"min_size", std::int64_t{2}}, {"pool", "orders"}, {"outage_s", 1.5}, {"held", true}};
  CHECK(logfmt_line({moment, LogLevel::info, "pool", "connection pool initialized", fields}) ==
        "ts=2026-01-02T03:04:05.067Z level=info component=pool pool=orders "
        "msg=\"connection pool initialized\" min_size=2 outage_s=1.5 held=true");
}

TEST_CASE("every level has its name in lower case") {
  const auto level_of = [](LogLevel level) {
    const std::string line = logfmt_line({moment, level, "c", "m", {}});
    return line.substr(line.find("level="), line.find(" component") - line.find("level="));
  };
  CHECK(level_of(LogLevel::debug) == "level=debug");
  CHECK(level_of(LogLevel::info) == "level=info");
  CHECK(level_of(LogLevel::warn) == "level=warn");
  CHECK(level_of(LogLevel::error) == "level=error");
}

TEST_CASE("a time before 1970 still has milliseconds that run forward") {
  const auto early = std::chrono::system_clock::time_point(-1ms);
  CHECK(json_line({early, LogLevel::info, "c", "m", {}}).find("1969-12-31T23:59:59.999Z") !=
        std::string::npos);
}

TEST_CASE("a logfmt value is quoted just where it would be misread") {
  CHECK(value_as_logfmt("127.0.0.1:80/x") == "127.0.0.1:80/x");
  CHECK(value_as_logfmt("") == R"("")");
  CHECK(value_as_logfmt("a b") == R"("a b")");
  CHECK(value_as_logfmt("a=b") == R"("a=b")");
  CHECK(value_as_logfmt(R"(say "x")") == R"("say \"x\"")");
  CHECK(value_as_logfmt(R"(c:\x)") == R"("c:\\x")");
  CHECK(value_as_logfmt("gr\u00fcn") == "\"gr\u00fcn\"");
}

TEST_CASE("no value can end its line or reach the terminal") {
  CHECK(value_as_logfmt("a\nts=1 level=error") == R"("a\nts=1 level=error")");
  CHECK(value_as_logfmt("\x1b[31m\r\t") == R"("\u001b[31m\r\t")");
  CHECK(value_as_logfmt(std::string("a\0b", 3)) == R"("a\u0000b")");
}

TEST_CASE("bytes that are not UTF-8 become U+FFFD in both formats") {
  CHECK(value_as_logfmt("a\xff\x62") == "\"a\ufffdb\"");
  CHECK(value_as_logfmt("\xc3") == "\"\ufffd\"");
  const std::vector<LogField> fields{{"k", "a\xff"}};
  const auto json = nlohmann::json::parse(json_line({moment, LogLevel::warn, "c", "m", fields}));
  CHECK(json["context"]["k"] == "a\ufffd");
}

TEST_CASE("a JSON line has the five keys in order, and its context keeps types") {
  const std::vector<LogField> fields{{"pool", "a\"\n"}, {"n", std::int64_t{-3}}, {"x", 0.25}, {"b", false}};
  CHECK(json_line({moment, LogLevel::error, "web", "request failed", fields}) ==
        R"({"timestamp":"2026-01-02T03:04:05.067Z","level":"error","component":"web",)"
        R"("message":"request failed","context":{"pool":"a\"\n","n":-3,"x":0.25,"b":false}})");
}

TEST_CASE("a JSON line without fields has an empty context, and one with NaN stays JSON") {
  CHECK(json_line({moment, LogLevel::info, "c", "m", {}}).ends_with(R"("context":{}})"));
  const std::vector<LogField> fields{{"x", std::numeric_limits<double>::quiet_NaN()}};
  const auto json = nlohmann::json::parse(json_line({moment, LogLevel::info, "c", "m", fields}));
  CHECK(json["context"]["x"].is_null());
}

}  // namespace
}  // namespace dbpool
