#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "config/flag_keys.hpp"
#include "config/module_keys.hpp"
#include "config/pool_keys.hpp"
#include "config/source_keys.hpp"
#include "config/web_keys.hpp"
#include "exposition/metric_catalog.hpp"
#include "exposition/next_step.hpp"
#include "sources/http_json/fields.hpp"
#include "sources/presets/presets.hpp"

namespace {

namespace fs = std::filesystem;

const fs::path root = DBPOOL_SOURCE_DIR;

std::string read(const fs::path& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// Compares the text between `<!-- name -->` and `<!-- /name -->` in a document with `expected`. With
/// DBPOOL_UPDATE_DOCS set, writes `expected` there instead.
void check_section(const std::string& document, const std::string& name, const std::string& expected) {
  std::string text = read(root / document);
  const std::string open = "<!-- " + name + " -->\n\n";
  const auto begin = text.find(open);
  REQUIRE(begin != std::string::npos);
  const auto from = begin + open.size();
  const auto end = text.find("\n<!-- /" + name + " -->", from);
  REQUIRE(end != std::string::npos);
  if (std::getenv("DBPOOL_UPDATE_DOCS") != nullptr) {
    text.replace(from, end - from, expected);
    std::ofstream(root / document) << text;
    return;
  }
  const bool equal = text.substr(from, end - from) == expected;
  CHECK_MESSAGE(equal, document, ", section ", name, "; DBPOOL_UPDATE_DOCS=1 writes it anew");
}

/// Returns the documents that a reader can reach from the README.
std::vector<fs::path> documents() {
  std::vector<fs::path> all{root / "README.md", root / "CONTRIBUTING.md", root / "SECURITY.md",
                            root / "src/README.md", root / "alerts/runbooks/README.md"};
  for (const auto& entry : fs::recursive_directory_iterator(root / "docs")) {
    if (entry.path().extension() == ".md") all.push_back(entry.path());
  }
  return all;
}

}  // namespace

TEST_CASE("the table of metrics is the catalogue") {
  check_section("docs/metrics.md", "metrics", dbpool::catalog_markdown());
}

TEST_CASE("the table of pool keys is the loader's") {
  check_section("docs/configuration.md", "pool keys", dbpool::pool_keys_markdown());
}

TEST_CASE("the table of source keys is the loader's") {
  check_section("docs/configuration.md", "source keys", dbpool::source_keys_markdown());
}

TEST_CASE("the table of module keys is the loader's") {
  check_section("docs/many-targets.md", "module keys", dbpool::module_keys_markdown());
}

TEST_CASE("the table of JSON fields is the reader's") {
  check_section("docs/sources/http_json.md", "json fields", dbpool::http_json_fields_markdown());
}

TEST_CASE("the table of presets is the one that the exporter has") {
  check_section("docs/sources/prometheus.md", "presets", dbpool::presets_markdown());
}

TEST_CASE("the table of web keys is the loader's") {
  check_section("docs/security.md", "web keys", dbpool::web_keys_markdown());
}

TEST_CASE("the table of flags is the parser's") {
  check_section("docs/configuration.md", "flags", dbpool::flags_markdown());
}

TEST_CASE("every link between the documents leads to a file") {
  static const std::regex link(R"(\]\(([^)#:\s]+)(#[^)]*)?\))");
  for (const fs::path& document : documents()) {
    const std::string text = read(document);
    REQUIRE_FALSE(text.empty());
    for (std::sregex_iterator found(text.begin(), text.end(), link), end; found != end; ++found) {
      const fs::path target = document.parent_path() / (*found)[1].str();
      CHECK_MESSAGE(fs::exists(target), document.string(), " links to ", target.string());
    }
  }
}

TEST_CASE("every test that shows a promise of security is in the repository") {
  static const std::regex test("`([a-z0-9_/]+_test)`");
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(root / "tests")) {
    files.push_back(entry.path().string());
  }
  for (const char* document : {"SECURITY.md", "docs/security.md"}) {
    const std::string text = read(root / document);
    std::sregex_iterator found(text.begin(), text.end(), test);
    CHECK(found != std::sregex_iterator());
    for (; found != std::sregex_iterator(); ++found) {
      const std::string file = "/" + (*found)[1].str() + ".cpp";
      const auto is_it = [&](const std::string& path) { return path.ends_with(file); };
      CHECK_MESSAGE(std::ranges::any_of(files, is_it), document, " names ", file);
    }
  }
}

TEST_CASE("the page that a diagnosis names is in the repository") {
  for (std::size_t verdict = 0; verdict < dbpool::verdict_names.size(); ++verdict) {
    for (auto ground = 0; ground <= static_cast<int>(dbpool::Ground::none); ++ground) {
      dbpool::Diagnosis diagnosis;
      diagnosis.verdict = static_cast<dbpool::Verdict>(verdict);
      diagnosis.ground = static_cast<dbpool::Ground>(ground);
      const fs::path page = dbpool::runbook(diagnosis);
      CHECK_MESSAGE((page.empty() || fs::exists(root / page)), page.string());
    }
  }
}

TEST_CASE("a full server or pooler leads to the runbook of its alert, which names the verdict") {
  const auto leads_to = [](dbpool::Ground ground, const std::string& alert) {
    dbpool::Diagnosis diagnosis;
    diagnosis.verdict = dbpool::Verdict::limit_elsewhere;
    diagnosis.ground = ground;
    const std::string page(dbpool::runbook(diagnosis));
    CHECK(page == "alerts/runbooks/" + alert + ".md");
    CHECK_MESSAGE(read(root / page).find("`limit_elsewhere`") != std::string::npos, page);
  };
  leads_to(dbpool::Ground::server_limit, "ConnectionPoolServerFull");
  leads_to(dbpool::Ground::client_limit, "ConnectionPoolerClientsExhausted");
}

TEST_CASE("the README leaves details to the other documents") {
  constexpr std::uintmax_t most = 10'000;
  CHECK(fs::file_size(root / "README.md") <= most);
}
