#include <doctest/doctest.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "support/servers/exporter_process.hpp"
#include "support/servers/free_port.hpp"

using namespace dbpool;

namespace {

/// Returns the health check command of the image, from the Dockerfile.
std::vector<std::string> health_check() {
  static const std::regex instruction(R"(\nHEALTHCHECK [^\n]*CMD (\[[^\n]*\])\n)");
  const std::string text = read_whole(DBPOOL_SOURCE_DIR "/Dockerfile");
  std::smatch match;
  REQUIRE(std::regex_search(text, match, instruction));
  return nlohmann::json::parse(match.str(1));
}

std::optional<int> checked_at(const std::string& address) {
  return run_to_end(health_check(), {{"DBPOOL_WEB_LISTEN_ADDRESS", address}}).exit_code;
}

}  // namespace

TEST_CASE("the image's health check asks where the exporter listens") {
  const ExporterProcess exporter;
  for (const char* address : {"127.0.0.1:{}", ":{}", "0.0.0.0:{}", "localhost:{}", "127.0.0.1:{},:1"}) {
    CAPTURE(address);
    CHECK(checked_at(fmt::format(fmt::runtime(address), exporter.port())) == 0);
  }
}

TEST_CASE("the image's health check fails where nobody listens") {
  CHECK(checked_at(fmt::format("127.0.0.1:{}", free_port())).value_or(0) != 0);
}
