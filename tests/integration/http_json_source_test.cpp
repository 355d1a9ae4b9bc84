#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <future>

#include "dbpool/model/error.hpp"
#include "model/contains.hpp"
#include "sources/http_json/http_json.hpp"
#include "support/eventually.hpp"
#include "support/http/gzipped.hpp"
#include "support/probed_target.hpp"
#include "support/servers/child_process.hpp"
#include "support/servers/hostile_server.hpp"
#include "support/servers/scripted_http_server.hpp"
#include "support/servers/tls_server.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

const std::string stats =
    R"({"pools": {"main": {"pool_size": 3, "active_connections": 2, "total_capacity": 10}}})";

constexpr std::size_t max_bytes = std::size_t{8} << 20U;  // of an answer

TimePoint now() {
  return std::chrono::steady_clock::now();
}

HttpJsonOptions options_for(const std::string& url) {
  HttpJsonOptions options;
  options.http.url = url;
  return options;
}

struct Target : ProbedTarget {
  explicit Target(const HttpJsonOptions& options,
                  std::shared_ptr<NameResolver> names = std::make_shared<NameResolver>())
      : ProbedTarget{http_json_probe("app", options, std::move(names))} {}
  explicit Target(const std::string& url) : Target(options_for(url)) {}
};

/// Returns the error of a read from a server that gives this answer to every request.
std::string problem_with(const ScriptedAnswer& answer) {
  const ScriptedHttpServer server([&](const std::string&) { return answer; });
  return Target(server.url()).problem();
}

}  // namespace

TEST_CASE("an endpoint is read again and again over one connection") {
  const ScriptedHttpServer server([](const std::string&) { return http_answer("200 OK", stats); });
  const Target target(server.url("/connections/pools/stats"));
  for (int i = 0; i < 3; ++i) {
    const auto result = target.read();
    REQUIRE(result.pools.size() == 1);
    CHECK(result.pools[0].label() == "app/main");
    CHECK(result.pools[0].active == 2U);
    CHECK(result.pools[0].max == 10U);
  }
  CHECK(server.connections() == 1);
  REQUIRE(server.requests().size() == 3);
  CHECK(server.requests()[0].starts_with("GET /connections/pools/stats HTTP/1.1\r\n"));
  CHECK(contains(server.requests()[0], "Accept: application/json\r\n"));
  CHECK_FALSE(contains(server.requests()[0], "Authorization"));
}

TEST_CASE("a server that hangs up after each answer is read again all the same") {
  const ScriptedHttpServer server([](const std::string&) {
    return ScriptedAnswer{"HTTP/1.0 200 OK\r\n\r\n" + stats, false, true};
  });
  const Target target(server.url());
  CHECK(target.problem() == "");
  CHECK(target.problem() == "");
  CHECK(server.connections() == 2);
}

TEST_CASE("several documents of one reading come over one connection") {
  const ScriptedHttpServer server([](const std::string& request) {
    const std::string value = contains(request, "/actuator/metrics/active?tag=pool:a ") ? "3.0" : "7.0";
    return http_answer("200 OK", R"({"measurements": [{"statistic": "VALUE", "value": )" + value + "}]}");
  });
  HttpJsonOptions options = options_for(server.url("/actuator/metrics/"));
  options.preset = "custom";
  options.fields = {{"active", "active?tag=pool:a#/measurements/0/value"},
                    {"idle", "idle#/measurements/0/value"}};
  const auto result = Target(options).read();
  REQUIRE(result.pools.size() == 1);
  CHECK(result.pools[0].active == 3U);
  CHECK(result.pools[0].idle == 7U);
  CHECK(server.connections() == 1);
  CHECK(server.requests().size() == 2);
}

TEST_CASE("errors that follow a reading are recent, also after a restart of the counter") {
  std::atomic<int> errors = 100;
  const ScriptedHttpServer server([&](const std::string&) {
    return http_answer("200 OK", R"({"pools": {"a": {"pool_size": 1, "statistics": {"errors": )" +
                                     std::to_string(errors) + "}}}}");
  });
  const Target target(server.url());
  CHECK(target.read().pools.at(0).errors_recent == 0U);
  errors = 103;
  CHECK(target.read().pools.at(0).errors_recent == 3U);
  errors = 1;
  CHECK(target.read().pools.at(0).errors_recent == 4U);
}

TEST_CASE("of two pools with one name the first counts, so that they do not make errors of each other") {
  const ScriptedHttpServer server([](const std::string&) {
    return http_answer("200 OK", R"([{"name": "a", "errors": 100}, {"name": "a", "errors": 5}])");
  });
  HttpJsonOptions options = options_for(server.url());
  options.preset = "custom";
  options.fields = {{"name", "/name"}, {"errors", "/errors"}};
  const Target target(options);
  for (int i = 0; i < 3; ++i) {
    const auto result = target.read();
    REQUIRE(result.pools.size() == 1);
    CHECK(result.pools[0].errors_recent == 0U);
    CHECK(result.pools[0].errors_last_hour == 0U);
  }
}

TEST_CASE("credentials come from files, which are read at each request") {
  const TemporaryDirectory directory;
  const ScriptedHttpServer server([](const std::string&) { return http_answer("200 OK", stats); });
  HttpJsonOptions basic = options_for(server.url());
  basic.http.username = "bob";
  basic.http.password_file = directory.write("password", "open sesame\n");
  const Target target(basic);
  CHECK(target.problem() == "");
  CHECK(contains(server.requests().back(), "Authorization: Basic Ym9iOm9wZW4gc2VzYW1l\r\n"));
  directory.write("password", "new");
  CHECK(target.problem() == "");
  CHECK(contains(server.requests().back(), "Authorization: Basic Ym9iOm5ldw==\r\n"));

  HttpJsonOptions bearer = options_for(server.url());
  bearer.http.bearer_file = directory.write("token", "\xEF\xBB\xBF abc.def \r\n");
  CHECK(Target(bearer).problem() == "");
  CHECK(contains(server.requests().back(), "Authorization: Bearer abc.def\r\n"));
  directory.write("token", "abc\r\nX-Evil: hunter2");
  const std::string why = Target(bearer).problem();
  CHECK(contains(why, "more than one line"));
  CHECK_FALSE(contains(why, "hunter2"));
  bearer.http.bearer_file = directory.path() / "missing";
  CHECK(contains(Target(bearer).problem(), "not a readable file"));
  bearer.http.bearer_file = "Winter2026";
  CHECK(contains(Target(bearer).problem(), "not a readable file"));
  CHECK_FALSE(contains(Target(bearer).problem(), "Winter"));

  const std::string port = std::to_string(server.port());
  CHECK(Target("http://eve:pass@127.0.0.1:" + port + "/").problem() == "");
  CHECK(contains(server.requests().back(), "Authorization: Basic ZXZlOnBhc3M=\r\n"));
}

TEST_CASE("what a status says is told, and no secret with it") {
  const ScriptedHttpServer server(
      [](const std::string&) { return http_answer("401 Unauthorized", "hunter2"); });
  const Target refused("http://bob:hunter2@127.0.0.1:" + std::to_string(server.port()) + "/a?token=hunter2");
  CHECK(refused.problem() == "cannot read http://127.0.0.1:" + std::to_string(server.port()) +
                                 "/a?***: it answered 401: it does not accept these credentials");
  CHECK(contains(problem_with(http_answer("500 Internal Server Error", stats)), "it answered 500"));
  CHECK(contains(problem_with(http_answer("404 Not Found", stats)), "it answered 404"));
  CHECK(contains(problem_with(http_answer("503 Service Unavailable", "busy")), "it answered 503"));
}

TEST_CASE("a health document that comes with 503 is read") {
  const ScriptedHttpServer server([](const std::string&) {
    return http_answer(
        "503 Service Unavailable",
        R"({"status": "unhealthy", "database": {"status": "disconnected", "pool": {"total": 0}}})");
  });
  HttpJsonOptions options = options_for(server.url("/health"));
  options.preset = "codebase-mcp";
  const auto result = Target(options).read();
  REQUIRE(result.pools.size() == 1);
  CHECK(result.pools[0].source_status == "unhealthy");
  CHECK(result.pools[0].last_connect_ok == false);
  CHECK(result.pools[0].total() == 0U);
}

TEST_CASE("redirects are not followed") {
  const ScriptedHttpServer elsewhere([](const std::string&) { return http_answer("200 OK", stats); });
  const std::string why = problem_with(http_answer("302 Found", "", "Location: " + elsewhere.url() + "\r\n"));
  CHECK(contains(why, "it answered 302, and redirects are not followed"));
  CHECK(elsewhere.requests().empty());
}

TEST_CASE("answers that are too large, cut short or no HTTP are errors") {
  const std::string huge(max_bytes + 1, ' ');
  CHECK(contains(problem_with(http_answer("200 OK", huge)), "larger than 8 MiB"));
  CHECK(contains(problem_with({"HTTP/1.0 200 OK\r\n\r\n" + huge, false, true}), "larger than 8 MiB"));
  CHECK(
      contains(problem_with({"HTTP/1.1 200 OK\r\nX: " + huge, false, true}), "cannot read http://127.0.0.1"));
  CHECK(problem_with({"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + stats, false, true}) != "");
  CHECK(problem_with({"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n" + stats, false, true}) != "");
  CHECK(problem_with({"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\n", false,
                      true}) != "");
  CHECK(problem_with({"220 smtp.example ESMTP\r\n", false, true}) != "");
  CHECK(problem_with({"", false, true}) != "");
  CHECK(problem_with(http_answer("200 OK", stats, "Content-Type: text/plain\r\n")) == "");
}

TEST_CASE("an answer that is no JSON is named for what it is") {
  const std::string question = ", not JSON: is this the right path?";
  CHECK(contains(problem_with(http_answer("204 No Content", "")),
                 "it answered 204, which has no content" + question));
  CHECK(contains(problem_with(http_answer("200 OK", "")), "it answered an empty body" + question));
  CHECK(contains(problem_with(http_answer("200 OK", "<!doctype html><html>hunter2")),
                 "it answered an HTML page" + question));
  CHECK(contains(problem_with(http_answer("200 OK", "# HELP up Whether\nup 1\n")),
                 "it answered metrics in Prometheus' text format" + question));
  CHECK(contains(problem_with(http_answer("503 Service Unavailable", "<html>")), "it answered 503"));
}

TEST_CASE("an answer that is compressed by gzip is read, whether it was cut into pieces or not") {
  const std::string body = gzipped(stats);
  const ScriptedHttpServer server(
      [&](const std::string&) { return http_answer("200 OK", body, "Content-Encoding: gzip\r\n"); });
  CHECK(Target(server.url()).read().pools.at(0).active == 2U);
  CHECK(contains(server.requests().at(0), "Accept-Encoding: gzip\r\n"));
  std::string pieces = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const char byte : body) pieces += std::string("1\r\n") + byte + "\r\n";
  CHECK(problem_with({pieces + "0\r\n\r\n"}) == "");
}

TEST_CASE("the bound on an answer holds for what gzip inflates it to") {
  const std::string bomb = gzipped(std::string(std::size_t{64} << 20, ' '));
  REQUIRE(bomb.size() < max_bytes / 8);
  CHECK(contains(problem_with(http_answer("200 OK", bomb, "Content-Encoding: gzip\r\n")),
                 "its answer is larger than 8 MiB"));
  const std::string most = gzipped(stats + std::string(max_bytes - 1000, ' '));
  CHECK(problem_with(http_answer("200 OK", most, "Content-Encoding: gzip\r\n")) == "");
}

TEST_CASE("an encoding that is not understood, not true or not said is named") {
  CHECK(contains(problem_with(http_answer("200 OK", stats, "Content-Encoding: deflate\r\n")),
                 "its answer has a Content-Encoding that is not understood; allowed: gzip"));
  CHECK(contains(problem_with(http_answer("200 OK", stats, "Content-Encoding: gzip\r\n")),
                 "its answer is not gzip, although its Content-Encoding says so"));
  CHECK(contains(problem_with(http_answer("200 OK", gzipped(stats))),
                 "its answer is compressed by gzip, not JSON, and no Content-Encoding says so"));
}

TEST_CASE("a compressed document that is cut at any byte is no reading") {
  const std::string packed = gzipped(stats);
  std::atomic<std::size_t> size = 0;
  const ScriptedHttpServer server([&](const std::string&) {
    return http_answer("200 OK", packed.substr(0, size), "Content-Encoding: gzip\r\n");
  });
  const Target target(server.url());
  for (; size < packed.size(); ++size) {
    CAPTURE(size);
    CHECK(contains(target.problem(), "its answer ends before its gzip stream does"));
  }
  CHECK(target.read().pools.at(0).active == 2U);
}

TEST_CASE("a field that a document had within the hour is not missing from the next one") {
  std::atomic<bool> has_error = false;
  const ScriptedHttpServer server([&](const std::string&) {
    return http_answer("200 OK", has_error ? R"({"a": 1, "e": "refused"})" : R"({"a": 1})");
  });
  HttpJsonOptions options = options_for(server.url());
  options.preset = "custom";
  options.fields = {{"active", "/a"}, {"last_error", "/e"}};
  const Target target(options);
  CHECK(target.read().hints == std::vector<std::string>{"last_error: /e leads to nothing"});
  has_error = true;
  CHECK(target.read().hints.empty());
  has_error = false;
  CHECK(target.read().hints.empty());
}

TEST_CASE("a server that is not there or does not answer ends the reading at its deadline or before") {
  for (const Hostility hostility :
       {Hostility::black_hole, Hostility::silent, Hostility::refuse, Hostility::reset}) {
    const HostileServer server(hostility);
    const TimePoint begin = now();
    const std::string why = Target("http://127.0.0.1:" + std::to_string(server.port()) + "/").problem(500ms);
    CHECK(why != "");
    CHECK(now() - begin < stretched(5s));
    if (hostility == Hostility::silent || hostility == Hostility::black_hole) {
      CHECK(contains(why, "no complete answer in time"));
      CHECK(now() - begin >= 500ms);
    }
    if (hostility == Hostility::refuse) CHECK(contains(why, "Connection refused"));
  }
}

TEST_CASE("a server that drips bytes does not keep a reading beyond its deadline") {
  const ScriptedHttpServer server([](const std::string&) {
    return ScriptedAnswer{"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + std::string(100'000, ' '),
                          true, false};
  });
  const TimePoint begin = now();
  CHECK(contains(Target(server.url()).problem(700ms), "no complete answer in time"));
  CHECK(now() - begin < stretched(5s));
}

TEST_CASE("an abandoned reading leaves the next one undisturbed") {
  std::atomic<bool> is_silent = true;
  const ScriptedHttpServer server(
      [&](const std::string&) { return is_silent ? ScriptedAnswer{} : http_answer("200 OK", stats); });
  const Target target(server.url());
  {
    const auto reading = target.probe->start_read(Deadline(now() + 10s));
    CHECK(reading->advance(now()).has_value());
    REQUIRE(
        eventually([&] { return reading->advance(now()).has_value() && !server.requests().empty(); }, 10s));
  }
  is_silent = false;
  CHECK(target.problem() == "");
}

TEST_CASE("a reading judges its deadline by the time that it is given") {
  const ScriptedHttpServer server([](const std::string&) { return ScriptedAnswer{}; });
  const Target target(server.url());
  const TimePoint deadline = now() + 1h;
  const auto reading = target.probe->start_read(Deadline(deadline));
  CHECK(reading->advance(now()).has_value());
  CHECK(reading->advance(deadline - 1ms).has_value());
  CHECK_THROWS_AS(reading->advance(deadline), DriverError);
}

TEST_CASE("host names are looked up by the resolver that was given, and nobody else") {
  const ScriptedHttpServer server([](const std::string&) { return http_answer("200 OK", stats); });
  const auto names = std::make_shared<NameResolver>([](const std::string& host) {
    return host == "pool.example" ? Addresses{{"127.0.0.1"}, ""} : Addresses{{}, "no such name"};
  });
  const std::string port = std::to_string(server.port());
  CHECK(Target(options_for("http://pool.example:" + port + "/"), names).problem() == "");
  CHECK(contains(server.requests().at(0), "Host: pool.example:" + port + "\r\n"));
  CHECK(contains(Target(options_for("http://other.example:" + port + "/"), names).problem(),
                 "cannot look up its host name: no such name"));
}

TEST_CASE("a host name that is not found in time ends the reading") {
  std::promise<void> end;
  const auto names = std::make_shared<NameResolver>([wait = end.get_future().share()](const std::string&) {
    wait.wait();
    return Addresses{{}, "too late"};
  });
  CHECK(contains(Target(options_for("http://slow.example/"), names).problem(200ms), "was not found in time"));
  end.set_value();
}

TEST_CASE("proxies of the environment are not used") {
  const ScriptedHttpServer server([](const std::string&) { return http_answer("200 OK", stats); });
  ::setenv("http_proxy", "http://127.0.0.1:1/", 1);
  const std::string why = Target(server.url()).problem();
  ::unsetenv("http_proxy");
  CHECK(why == "");
}

TEST_CASE("a certificate is trusted only when the system or the ca_file says so, and only for its host") {
  const TemporaryDirectory files;
  files.write("stats.json", stats);
  make_certificate(files, "here", "IP:127.0.0.1");
  make_certificate(files, "other", "DNS:other.example");
  const TlsServer server(files, "-WWW -cert here.cert -key here.key");
  HttpJsonOptions trusting = options_for(server.url("stats.json"));
  trusting.http.ca_file = files.path() / "here.cert";
  const Target target(trusting);
  REQUIRE(eventually([&] { return target.problem() == ""; }, 20s));
  CHECK(contains(Target(trusting.http.url).problem(), "certificate"));
  trusting.http.ca_file = files.path() / "missing.pem";
  CHECK(Target(trusting).problem() != "");

  const TlsServer other(files, "-WWW -cert other.cert -key other.key");
  HttpJsonOptions wrong_host = options_for(other.url("stats.json"));
  wrong_host.http.ca_file = files.path() / "other.cert";
  const Target impostor(wrong_host);
  CHECK(eventually([&] { return contains(impostor.problem(), "no alternative certificate subject name"); },
                   20s));
}

TEST_CASE("a kept connection that the server closes costs no reading") {
  // Closes the connection after each answer, or instead of an answer on a kept connection.
  for (const bool answers_first : {true, false}) {
    CAPTURE(answers_first);
    std::atomic<int> asked = 0;
    const ScriptedHttpServer server([&](const std::string&) {
      ScriptedAnswer answer = http_answer("200 OK", stats);
      const bool turns_away = !answers_first && ++asked % 3 == 2;
      if (turns_away) answer.bytes.clear();
      answer.hangs_up = answers_first || turns_away;
      return answer;
    });
    const Target target(server.url());
    for (int readings = 0; readings < 6; ++readings) CHECK(target.problem() == "");
    CHECK(server.connections() > 1);
  }
}
