#include "config/key_table.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "config/parse_yaml.hpp"
#include "config/read_value.hpp"

namespace dbpool {
namespace {

using enum Variable;

Value yaml(const std::string& text) {
  Problems problems("");
  return parse_yaml(text, {}, problems);
}

void append(std::string& target, const Value& value, Problems& problems) {
  if (const auto text = read_text(value, problems)) target += *text;
}

TEST_CASE("options are read turn by turn, and within a turn row by row") {
  const std::vector<Key<std::string>> keys{
      {"last", none, "", "", append, Turn::after_preset},
      {"b", none, "", "", append},
      {"preset", none, "", "", append, Turn::preset},
      {"a", none, "", "", append},
  };
  std::string read;
  Problems problems("");
  read_keys(yaml("{preset: 3, a: 2, b: 1, last: 4}"), std::span<const Key<std::string>>(keys), read,
            problems);
  CHECK(read == "1234");
}

TEST_CASE("what was written is known by key and by group, and nothing else is") {
  const std::vector<Key<std::string>> keys{{"name", none, "", "", append},
                                           {"canary.interval", none, "", "", append},
                                           {"canary.query", none, "", "", append},
                                           {"health.errors", none, "", "", append}};
  const Value mapping = yaml("name: a\ncanary:\n  interval: 5s\n  color: red\n");
  std::string read;
  Problems problems("");
  const Written written = read_keys(mapping, std::span<const Key<std::string>>(keys), read, problems);
  CHECK(written.has("name"));
  CHECK(written.at("name").line == 1);
  CHECK(written.has("canary"));
  CHECK(written.at("canary.interval").line == 3);
  CHECK_FALSE(written.has("canary.query"));
  CHECK_FALSE(written.has("canary.color"));
  CHECK_FALSE(written.has("health"));
  const Written canary = written.within("canary");
  CHECK(canary.has("interval"));
  CHECK_FALSE(canary.has("name"));
  CHECK(canary.mapping().path == "canary");
}

TEST_CASE("a key whose name holds the dot is the place of its group too, which is not written") {
  const std::vector<Key<std::string>> keys{{"canary.interval", none, "", "", append}};
  const Value mapping = yaml("name: a\ncanary.interval: 5s\n");
  std::string read;
  Problems problems("");
  const Written written = read_keys(mapping, std::span<const Key<std::string>>(keys), read, problems);
  CHECK(written.at("canary").line == 2);
  CHECK(written.at("canary.interval").line == 2);
  REQUIRE(problems.lines().size() == 2);
  CHECK(problems.lines()[1].find("unknown key \"canary.interval\"") != std::string::npos);
}

}  // namespace
}  // namespace dbpool
