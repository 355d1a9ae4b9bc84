// Passwords with characters that are not encoded: text that does not parse as a password is not shown either.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cctype>
#include <nlohmann/json.hpp>

#include "support/eventually.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/postgres_server.hpp"
#include "support/servers/visible.hpp"
#include "support/text/secret_search.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

constexpr const char* fault = "an unencoded @ or / in the password? write %40, %2F";

/// Each ends too early in a URI. In the first three, libpq or curl reads the rest as a valid host, database
/// and path.
const std::vector<std::string> stray_passwords{
    "Winter@2026xyz", "4711/Winterxyz",   "4711/a?Winter2026&x,y", "Winter,2026@xyzw", "@Winter2026xyz",
    "Winter2026xyz/", "4711#Winter/2026", "4711?Winter@/2026",     "%zzWinter@2026"};

std::string uri(const std::string& password, std::uint16_t port) {
  return fmt::format("postgresql://app:{}@127.0.0.1:{}/orders", password, port);
}

std::string in_yaml(const std::string& text) {
  return nlohmann::json(text).dump();
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// Returns whether `number` is in `text`, other than as a part of a longer number or of a fraction.
bool has_number(const std::string& text, const std::string& number) {
  const auto is_digit = [](unsigned char c) { return std::isxdigit(c) != 0; };
  for (auto at = text.find(number); at != std::string::npos; at = text.find(number, at + 1)) {
    const char before = at == 0 ? ' ' : text[at - 1];
    const auto end = at + number.size();
    const char after = end == text.size() ? ' ' : text[end];
    if (!is_digit(before) && before != '.' && !is_digit(after)) return true;
  }
  return false;
}

/// Returns configurations with the password in each place for a DSN or a URL.
std::vector<std::string> configs_with(const std::string& password) {
  const std::string dsn = in_yaml(uri(password, 1));
  const std::string url = in_yaml("http://bob:" + password + "@127.0.0.1:1/stats");
  return {
      "pools:\n  - {name: words, driver: postgres, dsn: " + dsn + "}\n",
      "pools:\n  - {name: words, driver: postgres, dsn: \"${STRAY_DSN}\"}\n",
      "pools:\n  - {name: words, driver: postgres, dsn: \"postgresql://app:${STRAY}@127.0.0.1:1/orders\"}\n",
      "pools:\n  - {name: words, driver: odbc, dsn: " + dsn + "}\n",
      "pools:\n  - {name: words, driver: sqlite, dsn: " + dsn + "}\n",
      "pools:\n  - {name: words, dsn: " + in_yaml("file:" + uri(password, 1)) + "}\n",
      "sources:\n  - {name: words, type: pgbouncer, dsn: " + dsn + "}\n",
      "sources:\n  - {name: words, type: pg_stat_activity, dsn: " + dsn + "}\n",
      "sources:\n  - {name: words, type: pgbouncer, dsn: 'host=/nowhere user=u', synthetic: {dsn: " + dsn +
          "}}\n",
      "sources:\n  - {name: words, type: http_json, url: " + url + "}\n",
  };
}

void check_refusal(const Finished& finished, const SecretSearch& search) {
  const std::string said = finished.error + finished.output;
  CHECK(finished.exit_code == 2);
  CHECK(contains(said, fault));
  CHECK(search.traces_in(said).empty());
  CHECK_FALSE(contains(said, "4711"));
}

/// Returns whether that source reports the fault as its last error in the document of all sources.
bool says_fault(ExporterProcess& exporter, const std::string& source) {
  const auto stats = nlohmann::json::parse(exporter.get("/connections/pools/stats").body);
  for (const auto& one : stats.at("sources")) {
    if (one.at("name") == source) return contains(one.at("last_error").dump(), fault);
  }
  return false;
}

}  // namespace

TEST_CASE(
    "a DSN or URL whose password strays is refused at the check and at the start by name of the fault") {
  const TemporaryDirectory directory;
  for (const std::string& password : stray_passwords) {
    const SecretSearch search(password);
    const ChildProcess::Environment environment{{"STRAY_DSN", uri(password, 1)}, {"STRAY", password}};
    for (const std::string& config : configs_with(password)) {
      CAPTURE(config);
      const auto file = directory.write("config.yml", config);
      check_refusal(run_exporter({"--config.file=" + file.string(), "--config.check"}, environment), search);
      check_refusal(run_exporter({"--config.file=" + file.string()}, environment), search);
    }
    check_refusal(
        run_exporter({"--config.check"}, {{"DBPOOL_DRIVER", "postgres"}, {"DBPOOL_DSN", uri(password, 1)}}),
        search);
  }
}

TEST_CASE("a file whose DSN comes to have a stray password fails the connect in the same words") {
  const PostgresServer server;
  const TemporaryDirectory secrets;
  // The port is closed, so each connect reads the file again.
  const std::string closed = "host=127.0.0.1 port=1 user=u dbname=d";
  const auto file = [&](const char* name, const std::string& text) {
    return secrets.write(name, text).string();
  };
  ExporterProcess exporter(
      {.config = fmt::format("pools:\n"
                             "  - {{name: words, driver: postgres, dsn_file: {}}}\n"
                             "  - {{name: odbc, driver: odbc, dsn_file: {}}}\n"
                             "  - {{name: sqlite, dsn_file: {}}}\n"
                             "sources:\n"
                             "  - {{name: watch, type: pg_stat_activity, dsn_file: {}, interval: 200ms}}\n"
                             "  - {{name: bouncer, type: pgbouncer, dsn: '{}', synthetic: {{dsn_file: {}, "
                             "interval: 200ms}}}}\n",
                             file("words", closed),
                             file("odbc", "Driver={PostgreSQL Unicode};Server=127.0.0.1;Port=1;UID=u"),
                             file("sqlite", "/no/such/directory/a.db"), file("watch", closed), server.dsn(),
                             file("synthetic", closed)),
       .flags = {"--log.level=debug", "--web.enable-lifecycle"}});
  const std::pair<const char*, std::string> rotated[] = {{"words", stray_passwords[0]},
                                                         {"odbc", stray_passwords[1]},
                                                         {"sqlite", stray_passwords[1]},
                                                         {"watch", stray_passwords[2]},
                                                         {"synthetic", stray_passwords[0]}};
  for (const auto& [name, password] : rotated) secrets.write(name, uri(password, 5999) + "\n");
  for (const auto& [name, password] : rotated) {
    if (std::string_view(name) == "synthetic")
      continue;  // counts its errors with its pools, and there are none
    CAPTURE(name);
    CHECK(eventually([&] { return says_fault(exporter, name); }, 20s));
  }
  const std::string all = everything_visible(exporter);
  for (const auto& [name, password] : rotated) CHECK(SecretSearch(password).traces_in(all).empty());
  const std::string said = everything_said(exporter);
  for (const char* port : {"4711", "5999"}) CHECK_FALSE(has_number(said, port));
  CHECK(contains(exporter.post("/-/reload").body, fault));

  for (const char* name : {"words", "watch"}) secrets.write(name, "\xEF\xBB\xBF " + server.dsn() + " \r\n");
  for (const char* name : {"words", "watch"})
    CHECK(eventually([&] { return exporter.metric("dbpool_up", {{"source", name}}) == 1; }, 20s));
}
