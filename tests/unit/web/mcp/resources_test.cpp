#include "web/mcp/resources.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "posting.hpp"

namespace dbpool::mcp {
namespace {

using test::call_mcp;
using test::Program;
using test::program_with_mcp;

std::string text_at(Program& program, const std::string& uri) {
  const Json result = call_mcp(program, "resources/read", {{"uri", uri}})["result"];
  REQUIRE(result["contents"].size() == 1);
  CHECK(result["contents"][0]["uri"] == uri);
  CHECK(result["contents"][0]["mimeType"] == "application/json");
  return result["contents"][0]["text"].get<std::string>();
}

}  // namespace

TEST_CASE("a resource is byte for byte the document of a path") {
  Program program = program_with_mcp();
  program.add(known_pool("pgb/app/ü %"), {HealthStatus::unhealthy, {}});
  const auto body = [&](const std::string& path) { return program.ask("GET", path).body; };
  CHECK(text_at(program, "health://connection-pool") == body("/health"));
  CHECK(text_at(program, "health://connection-pool/orders") == body("/health?pool=orders"));
  CHECK(text_at(program, "pool://orders/stats") == body("/connections/pools/stats/orders"));
  CHECK(text_at(program, "pool://pgb%2Fapp%2F%C3%BC%20%25/stats") ==
        body("/connections/pools/stats/pgb/app/ü%20%25"));
  CHECK(text_at(program, "health://connection-pool/pgb/app/ü %25") == body("/health?pool=pgb/app/ü%20%25"));
}

TEST_CASE("a resource that does not exist is an error, never an empty text") {
  Program program = program_with_mcp();
  for (const char* const uri : {"", "health://connection-pool/", "health://connection-pool/x",
                                "health://connection-pool/%zz", "pool:///stats", "pool://x/stats",
                                "pool://orders", "file:///etc/passwd", "health://connection-pools"}) {
    CAPTURE(uri);
    const Json error = call_mcp(program, "resources/read", {{"uri", uri}})["error"];
    CHECK(error["code"] == -32002);
    CHECK(error["data"] == Json{{"uri", uri}});
  }
  CHECK(call_mcp(program, "resources/read")["error"]["code"] == -32602);
}

TEST_CASE("the list begins with all pools, and each of its URIs can be read") {
  Program program = program_with_mcp();
  program.add(known_pool("pgb/app/ü %"));
  const Json page = list_resources(program.fleet, nullptr).value();
  CHECK_FALSE(page.contains("nextCursor"));
  REQUIRE(page["resources"].size() == 3);
  CHECK(page["resources"][0]["uri"] == "health://connection-pool");
  CHECK(page["resources"][2]["uri"] == "health://connection-pool/pgb%2Fapp%2F%C3%BC%20%25");
  CHECK(page["resources"][2]["name"] == "pgb/app/ü %");
  for (const Json& resource : page["resources"]) text_at(program, resource["uri"].get<std::string>());
}

TEST_CASE("a long list comes in pages of a hundred, without a gap or a repetition") {
  for (const std::size_t pools : {99U, 100U, 199U, 250U}) {
    CAPTURE(pools);
    Program program;
    for (std::size_t i = 0; i < pools; ++i) program.add(known_pool("p" + std::to_string(i)));
    std::set<std::string> uris;
    std::size_t listed = 0, pages = 0;
    Json cursor = nullptr;
    do {
      const Json page = list_resources(program.fleet, cursor).value();
      CHECK(page["resources"].size() <= 100);
      for (const Json& resource : page["resources"]) uris.insert(resource["uri"].get<std::string>());
      listed += page["resources"].size();
      cursor = page.value("nextCursor", Json());
      ++pages;
    } while (!cursor.is_null());
    CHECK(listed == pools + 1);
    CHECK(uris.size() == listed);
    CHECK(pages == (listed + 99) / 100);
  }
}

TEST_CASE("a cursor that no page has given is refused") {
  Program program = program_with_mcp();
  for (const Json& cursor : {Json("x"), Json(""), Json("-1"), Json("0"), Json("2"), Json("1x"), Json(1),
                             Json::object(), Json("99999999999999999999999")}) {
    CAPTURE(cursor.dump());
    CHECK(call_mcp(program, "resources/list", {{"cursor", cursor}})["error"]["code"] == -32602);
  }
}

}  // namespace dbpool::mcp
