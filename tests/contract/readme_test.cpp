#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "config/flags.hpp"
#include "config/pool_keys.hpp"
#include "config/source_keys.hpp"
#include "exposition/metric_catalog.hpp"
#include "sources/http_json_fields.hpp"

namespace {

const char* const readme_file = DBPOOL_SOURCE_DIR "/README.md";

std::string read(const std::string& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// Compares what stands between `<!-- name -->` and `<!-- /name -->` in the README with `expected`. With
/// DBPOOL_UPDATE_README set it is written there instead.
void check_section(const std::string& name, const std::string& expected) {
  std::string text = read(readme_file);
  const std::string open = "<!-- " + name + " -->\n\n";
  const auto begin = text.find(open);
  REQUIRE(begin != std::string::npos);
  const auto from = begin + open.size();
  const auto end = text.find("\n<!-- /" + name + " -->", from);
  REQUIRE(end != std::string::npos);
  if (std::getenv("DBPOOL_UPDATE_README") != nullptr) {
    text.replace(from, end - from, expected);
    std::ofstream(readme_file) << text;
    return;
  }
  const bool equal = text.substr(from, end - from) == expected;
  CHECK_MESSAGE(equal, "README.md, section ", name, "; DBPOOL_UPDATE_README=1 writes it anew");
}

}  // namespace

TEST_CASE("the README's table of metrics is the catalogue") {
  check_section("metrics", dbpool::catalog_markdown());
}

TEST_CASE("the README's table of pool keys is the loader's") {
  check_section("pool keys", dbpool::config_keys_markdown());
}

TEST_CASE("the README's table of source keys is the loader's") {
  check_section("source keys", dbpool::source_keys_markdown());
}

TEST_CASE("the README's table of JSON fields is the reader's") {
  check_section("json fields", dbpool::http_json_fields_markdown());
}

TEST_CASE("the README's table of flags is the parser's") {
  check_section("flags", dbpool::flags_markdown());
}
