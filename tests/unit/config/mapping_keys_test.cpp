#include "config/mapping_keys.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "config/parse_yaml.hpp"
#include "sources/presets/presets.hpp"

namespace dbpool {
namespace {

std::string contents(const std::string& name) {
  std::ostringstream text;
  text << std::ifstream(std::filesystem::path(DBPOOL_TESTDATA) / "mapping" / name).rdbuf();
  return text.str();
}

/// Reads a mapping from YAML as a source does.
MappingOptions read(const Value& value, Problems& problems) {
  MappingOptions mapping;
  const Written written =
      read_keys(value, std::span<const Key<MappingOptions>>(mapping_keys), mapping, problems);
  check_mapping(mapping, written, problems);
  return mapping;
}

MappingOptions accepted(const std::string& yaml) {
  Problems problems("");
  MappingOptions mapping = read(parse_yaml(yaml, {}, problems), problems);
  for (const std::string& problem : problems.lines()) FAIL_CHECK(problem);
  return mapping;
}

using Texts = std::vector<MappedText>;

}  // namespace

TEST_CASE("every bad mapping is refused with its place and what is allowed, and without a secret") {
  Problems problems("bad.yml");
  const Value mappings = parse_yaml(contents("bad.yml"), {}, problems);
  for (const Value& mapping : mappings.items) read(mapping, problems);
  std::string text;
  for (const std::string& problem : problems.lines()) text += problem + "\n";
  CHECK(text == contents("bad.txt"));
  CHECK(text.find("hunter2") == std::string::npos);
}

TEST_CASE("an unknown preset is refused with those that exist") {
  Problems problems("");
  read(parse_yaml("preset: [nginx]", {}, problems), problems);
  REQUIRE(problems.lines().size() == 1);
  const std::string line = problems.lines().front();
  CHECK(line.find("\"nginx\" is not accepted; allowed: auto") != std::string::npos);
  for (const std::string_view name : preset_names()) CHECK(line.find(name) != std::string::npos);
}

TEST_CASE("every key of a mapping is read") {
  const MappingOptions mapping = accepted(contents("good.yml"));
  CHECK(mapping.presets == std::vector<std::string>{"custom"});
  CHECK(mapping.pool == "{database}/{user}");
  CHECK(mapping.match == std::map<std::string, std::string>{{"type", "sql"}, {"host", "~db[0-9]+"}});
  CHECK(mapping.prefix == "my_");
  CHECK(mapping.sum == true);
  const auto& fields = mapping.fields;
  CHECK(fields.size() == 11);
  CHECK(fields.at("active") == Texts{{"db_client_connection_count{state=\"used\"}"},
                                     {"db_client_connections_usage{state=\"used\"}"}});
  CHECK(fields.at("max") == Texts{{"20"}});
  CHECK(fields.at("acquisition_duration") == Texts{{"waits{kind=\"get\"}", TimeUnit::milliseconds}});
  CHECK(fields.at("usage_duration") == Texts{{"use"}, {"uses"}});
  CHECK(fields.at("closed.idle") == Texts{{"go_sql_max_idle_closed_total"}});
  CHECK(fields.at("closed.max_lifetime") == Texts{{"a"}, {"b"}});
  CHECK(fields.at("errors.timeout") == Texts{{"timeouts"}});
}

TEST_CASE("a mapping without keys is the default, and the defaults of the table are those of the code") {
  CHECK(accepted("{}") == MappingOptions{});
  CHECK(accepted("{preset: AUTO}") == MappingOptions{});
  for (const auto& key : mapping_keys) {
    if (!key.fallback.empty())
      CHECK(accepted(std::string(key.name) + ": " + std::string(key.fallback)) == MappingOptions{});
  }
}

}  // namespace dbpool
