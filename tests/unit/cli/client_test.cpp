#include "cli/client.hpp"

#include <doctest/doctest.h>

#include <map>
#include <sstream>

#include "cli/document.hpp"
#include "cli/no_answer.hpp"
#include "dbpool/model/error.hpp"

using namespace dbpool;

namespace {

using enum ClientExit;

/// An exporter with the pools `sick` and `calm`, and the entry `pgb/app` that only counts.
struct Exporter {
  std::string overall = "unhealthy";
  std::map<std::string, Answer> more = {};
  std::ostringstream out = {};

  Answer answer(const std::string& path) const {
    if (const auto found = more.find(path); found != more.end()) return found->second;
    if (path == "/connections/pools/health") return {200, health().dump()};
    if (path == "/connections/pools/diagnosis") return {200, diagnoses().dump()};
    if (path.ends_with("/pgb%2Fapp")) return {404, R"({"error": "the entry 'pgb/app' only counts"})"};
    const Document all = diagnoses();
    for (const Document& one : all["diagnoses"]) {
      if (path == "/connections/pools/diagnosis/" + one["pool"].get<std::string>()) return {200, one.dump()};
    }
    return {404, R"({"error": "no such path"})"};
  }
  Document health() const {
    const auto pool = [](const char* name, const char* status, bool judged) {
      return Document{{"name", name}, {"status", status}, {"judged", judged}};
    };
    return {{"overall_status", overall},
            {"pools",
             {pool("calm", "healthy", true), pool("sick", "unhealthy", true),
              pool("pgb/app", "unknown", false)}}};
  }
  static Document diagnoses() {
    return {{"diagnoses",
             {{{"pool", "calm"}, {"verdict", "ok"}, {"sentence", "Nothing is wrong."}},
              {{"pool", "sick"}, {"verdict", "leak"}, {"sentence", "Leases leak: é."}}}}};
  }

  ClientExit run(const ClientOptions& options) {
    out.str("");
    return run_client(
        options, [this](const std::string& path) { return answer(path); }, Colours::off, out);
  }
  ClientExit explain(const std::string& pool) {
    return run({.command = ClientOptions::Command::explain, .pool = pool});
  }
};

}  // namespace

TEST_CASE("the exit code of status is that of the whole, and its JSON is the document") {
  Exporter exporter;
  CHECK(exporter.run({}) == not_healthy);
  CHECK(exporter.out.str().starts_with("unhealthy: "));
  exporter.overall = "healthy";
  CHECK(exporter.run({.output = ClientOptions::Output::json}) == healthy);
  CHECK(Document::parse(exporter.out.str()) == exporter.health());
  exporter.overall = "unknown";
  CHECK(exporter.run({}) == not_healthy);
}

TEST_CASE("pools to which no threshold applies are no reason for an exit code") {
  Exporter exporter;
  exporter.more["/connections/pools/health"] = {
      200,
      R"({"overall_status": "unknown", "pools": [{"name": "a", "status": "unknown", "judged": false}]})"};
  CHECK(exporter.run({}) == healthy);
  exporter.more["/connections/pools/health"] = {
      200, R"({"overall_status": "unknown", "pools": [{"name": "a", "status": "unknown", "judged": null}]})"};
  CHECK(exporter.run({}) == not_healthy);
  exporter.more["/connections/pools/health"] = {200, R"({"overall_status": "unknown", "pools": []})"};
  CHECK(exporter.run({}) == not_healthy);
}

TEST_CASE("explain without a pool explains each, worst first") {
  Exporter exporter;
  CHECK(exporter.explain("") == not_healthy);
  CHECK(exporter.out.str() ==
        "sick: unhealthy, leak\n  Leases leak: é.\n\ncalm: healthy, ok\n  Nothing is wrong.\n");
  CHECK(exporter.run({.command = ClientOptions::Command::explain, .output = ClientOptions::Output::json}) ==
        not_healthy);
  CHECK(Document::parse(exporter.out.str()) == Exporter::diagnoses());
}

TEST_CASE("explain of a pool has that pool's exit code, and JSON in ASCII") {
  Exporter exporter;
  CHECK(exporter.explain("calm") == healthy);
  CHECK(exporter.out.str() == "calm: healthy, ok\n  Nothing is wrong.\n");
  CHECK(exporter.explain("sick") == not_healthy);
  CHECK(exporter.run({.command = ClientOptions::Command::explain,
                      .pool = "sick",
                      .output = ClientOptions::Output::json}) == not_healthy);
  CHECK(Document::parse(exporter.out.str())["verdict"] == "leak");
  CHECK(exporter.out.str().find("\\u00e9") != std::string::npos);
}

TEST_CASE("a pool that does not exist, or only counts, is a wrong usage, with the names to choose from") {
  Exporter exporter;
  CHECK_THROWS_WITH_AS(exporter.explain("sik"),
                       "explain: there is no pool named \"sik\"; there are: calm, sick, pgb/app", Error);
  CHECK_THROWS_WITH_AS(exporter.explain("pgb/app"), "explain: the entry 'pgb/app' only counts", Error);
  CHECK(exporter.out.str().empty());
}

TEST_CASE("an exporter without the documents is no answer") {
  Exporter exporter;
  exporter.more["/connections/pools/diagnosis"] = {404, R"({"error": "there is no such path"})"};
  CHECK_THROWS_AS(exporter.explain(""), NoAnswer);
  exporter.more["/connections/pools/health"] = {200, "<html>"};
  CHECK_THROWS_AS(exporter.run({}), NoAnswer);
}
