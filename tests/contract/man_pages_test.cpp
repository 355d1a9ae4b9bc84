#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <regex>
#include <string>

#include "config/client_flags.hpp"
#include "config/flag_keys.hpp"
#include "config/module_keys.hpp"
#include "config/pool_keys.hpp"
#include "config/source_keys.hpp"
#include "contract/alert_rules.hpp"
#include "contract/man_page.hpp"

using namespace dbpool;

namespace {

const std::filesystem::path manual = std::filesystem::path(DBPOOL_SOURCE_DIR) / "docs/man";

/// Compares the part of a man page with `expected`. With DBPOOL_UPDATE_DOCS set, writes `expected` there.
void check_part(const std::string& page, const std::string& name, const std::string& expected) {
  std::string text = read(manual / page);
  const std::string open = ".\\\" begin " + name + "\n";
  const auto begin = text.find(open);
  REQUIRE(begin != std::string::npos);
  const auto from = begin + open.size();
  const auto end = text.find(".\\\" end " + name + "\n", from);
  REQUIRE(end != std::string::npos);
  if (std::getenv("DBPOOL_UPDATE_DOCS") != nullptr) {
    std::ofstream(manual / page) << text.replace(from, end - from, expected);
    return;
  }
  const bool equal = text.substr(from, end - from) == expected;
  CHECK_MESSAGE(equal, page, ", part ", name, "; DBPOOL_UPDATE_DOCS=1 writes it anew");
}

/// Returns the first line of a man page, with the version and the day of the newest entry in the changelog.
std::string title(std::string_view page, int section, std::string_view kind) {
  static const std::regex heading(R"(\n## (\S+) / (\S+)\n)");
  const std::string changes = read(std::filesystem::path(DBPOOL_SOURCE_DIR) / "CHANGELOG.md");
  std::smatch found;
  REQUIRE(std::regex_search(changes, found, heading));
  return fmt::format(".TH {} {} \"{}\" \"dbpool_exporter {}\" \"{}\"\n", page, section, found.str(2),
                     found.str(1), kind);
}

std::string client_flags_markdown() {
  std::string table = "| flag | variable | default | meaning |\n|---|---|---|---|\n";
  for (const auto& [key, takes] : client_flags()) {
    const auto variable = key.variable == Variable::same ? fmt::format("`{}`", variable_of(key.name)) : "";
    const auto fallback = key.fallback.empty() ? "" : fmt::format("`{}`", key.fallback);
    table += fmt::format("| `--{}` | {} | {} | {} |\n", key.name, variable, fallback, key.meaning);
  }
  return table;
}

}  // namespace

TEST_CASE("the man page of the program has its flags") {
  check_part("dbpool_exporter.1", "title", title("DBPOOL_EXPORTER", 1, "User Commands"));
  check_part("dbpool_exporter.1", "flags", roff_entries(flags_markdown()));
  check_part("dbpool_exporter.1", "client flags", roff_entries(client_flags_markdown()));
}

TEST_CASE("the man page of the configuration has its keys") {
  check_part("dbpool.yml.5", "title", title("DBPOOL.YML", 5, "File Formats"));
  check_part("dbpool.yml.5", "pool keys", roff_entries(pool_keys_markdown()));
  check_part("dbpool.yml.5", "source keys", roff_entries(source_keys_markdown()));
  check_part("dbpool.yml.5", "module keys", roff_entries(module_keys_markdown()));
}

TEST_CASE("a man page shows text as it is") {
  CHECK(roff("an `--option` of C:\\temp") == "an \\fB\\-\\-option\\fR of C:\\etemp");
  CHECK(roff(".TH is text…") == "\\&.TH is text...");
  CHECK(roff_entries("| key | default | meaning |\n|---|\n| `a` | `1` | so |\n") ==
        ".TP\n\\fBa\\fR\nso (default \\fB1\\fR)\n");
  CHECK(
      roff_entries("| key | | default | meaning |\n|---|\n| `a` | `A` | `1` | so |\n| `b` |  |  | it |\n") ==
      ".TP\n\\fBa\\fR\nso (\\fBA\\fR; default \\fB1\\fR)\n.TP\n\\fBb\\fR\nit\n");
}
