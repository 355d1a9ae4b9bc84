#include <signal.h>

#include <nlohmann/json.hpp>

#include "fault_scene.hpp"
#include "support/servers/chaos_proxy.hpp"
#include "support/servers/hostile_server.hpp"
#include "support/servers/postgres_server.hpp"
#include "support/servers/visible.hpp"
#include "support/text/secret_search.hpp"

using namespace dbpool;

namespace {

/// Has every character that needs quoting, escaping or encoding.
const std::string planted = "pl@nt:ed/wOrd%55 'q\"\\&=?#$9;+é7";

/// Quotes a value for a libpq connection string.
std::string quoted(const std::string& password) {
  std::string text = "'";
  for (const char c : password) {
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  return text + "'";
}

/// Percent-encodes a part of a URI.
std::string encoded(const std::string& password) {
  std::string text;
  for (const char c : password) text += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return text;
}

/// Quotes a string for YAML, whose double quotes are JSON's.
std::string yaml(const std::string& text) {
  return nlohmann::json(text).dump();
}

std::string words(std::uint16_t port) {
  return fmt::format("host=127.0.0.1 port={} user=postgres dbname=postgres sslmode=disable password={}", port,
                     quoted(planted));
}
std::string uri(std::uint16_t port) {
  return fmt::format("postgresql://postgres:{}@127.0.0.1:{}/postgres", encoded(planted), port);
}

std::string pool(const std::string& name, const std::string& driver, const std::string& dsn) {
  return fmt::format(
      "  - {{name: {}, driver: {}, dsn: {}, connect_timeout: 500ms, validation_timeout: 500ms, canary: "
      "{{interval: 200ms}}}}\n",
      name, driver, yaml(dsn));
}
std::string source(const std::string& name, const std::string& type, const std::string& dsn) {
  return fmt::format("  - {{name: {}, type: {}, dsn: {}, interval: 300ms, timeout: 500ms}}\n", name, type,
                     yaml(dsn));
}

/// Servers that know the password or do not, that misbehave or never answer.
struct Scene {
  PostgresServer strict{PostgresServer::Auth::scram};
  PostgresServer open;
  ChaosProxy proxy{open.port()};
  HostileServer garbage{Hostility::garbage}, drip{Hostility::drip}, refused{Hostility::refuse};
  TemporaryDirectory secrets;

  std::string config() const {
    const auto file = secrets.write("dsn", words(strict.port()) + "\n");
    const auto password = secrets.write("password", planted + "\n");
    std::string text = "pools:\n";
    text += pool("words", "postgres", words(strict.port()));
    text += pool("uri", "postgres", uri(strict.port()));
    text += fmt::format("  - {{name: file, driver: postgres, dsn_file: {}}}\n", file.string());
    text += "  - {name: variable, driver: postgres, dsn: \"${PLANTED_DSN}\"}\n";
    text += pool("chaos", "postgres", words(proxy.port()));
    text += pool("garbage", "postgres", uri(garbage.port()));
    text += pool("drip", "postgres", words(drip.port()));
    text += pool("refused", "postgres", uri(refused.port()));
    text += pool("odbc", "odbc",
                 fmt::format("Driver={{PostgreSQL Unicode}};Server=127.0.0.1;Port={};Database=postgres;UID="
                             "postgres;PWD={{{}}}",
                             strict.port(), planted));
    text += pool("key", "sqlite", "file:/no/such/directory/a.db?key=" + encoded(planted));
    text += "sources:\n";
    text += source("activity", "pg_stat_activity", words(strict.port()));
    text += source("pooler", "pgbouncer", uri(garbage.port()));
    text += source("bouncer", "pgbouncer", words(open.port()));
    text += source("pgpool", "pgpool", words(proxy.port()));
    text += fmt::format(
        "  - {{name: url, type: http_json, url: 'http://bob:{}@127.0.0.1:{}/x', interval: 300ms}}\n",
        encoded(planted), garbage.port());
    for (const auto& [name, how] : {std::pair("basic", "basic_auth: {username: bob, password_file: "),
                                    std::pair("bearer", "bearer_token_file: ")}) {
      const bool nested = std::string_view(how).find('{') != std::string_view::npos;
      text += fmt::format(
          "  - {{name: {}, type: http_json, url: 'http://127.0.0.1:{}/x', interval: 300ms, {}{}{}}}\n", name,
          garbage.port(), how, password.string(), nested ? "}" : "");
    }
    text += fmt::format(
        "  - {{name: header, type: prometheus, url: 'http://127.0.0.1:{}/x', interval: 300ms, headers: "
        "{{X-Key: {}}}}}\n",
        garbage.port(), yaml(planted));
    text += fmt::format(
        "  - {{name: synthetic, type: pgbouncer, dsn: {}, interval: 300ms, synthetic: {{dsn: {}, interval: "
        "300ms}}}}\n",
        yaml(uri(refused.port())), yaml(words(strict.port())));
    return text;
  }
};

/// Configurations with errors next to, after or inside the secret.
std::vector<std::string> bad_configs() {
  const auto one = [](const std::string& dsn) { return "pools:\n" + pool("bad", "postgres", dsn); };
  return {
      one("host=a password=" + quoted(planted) + " nonsense"),
      one("host=a password='" + planted),
      one("postgresql://postgres:" + planted + "@127.0.0.1:port/x%zz"),
      one("postgresql://postgres:" + planted + "@127.0.0.1:1/x"),
      one("postgresql://postgres:4711/" + planted + "@127.0.0.1:1/x"),
      one("postgresql://127.0.0.1:1/x;password=" + planted),
      one("host=postgresql://postgres:" + planted + "@127.0.0.1:1/x"),
      one("host=a port=" + quoted(planted)),
      one(planted),
      "pools:\n  - {name: bad, driver: postgres, dsn: [" + yaml(words(1)) + "]}\n",
      "pools:\n  - {name: bad, driver: postgres, pasword: " + yaml(planted) + ", dsn: " + yaml(words(1)) +
          "}\n",
      "pools:\n" + pool("bad", "sqlite", "file:postgres:" + planted + "@127.0.0.1/x"),
      "pools:\n" + pool("bad", "odbc", "Driver=a;Server=postgres:" + planted + "@127.0.0.1"),
      "sources:\n  - {name: bad, type: http_json, url: " +
          yaml("http://bob:4711/Winter@2026xyz/" + encoded(planted) + "@127.0.0.1/x") + "}\n",
      "sources:\n  - {name: bad, type: http_json, url: " + yaml("ftp://bob:" + planted + "@127.0.0.1/x") +
          "}\n",
      "sources:\n  - {name: bad, type: prometheus, url: 'http://127.0.0.1/x', headers: " + yaml(planted) +
          "}\n",
      "sources:\n  - {name: bad, type: prometheus, url: 'http://127.0.0.1/x', headers: {X Y: " +
          yaml(planted) + ", Host: [" + yaml(planted) + "]}}\n",
      "sources:\n" + source("bad", "pgbouncer", "host=a password=" + quoted(planted) + " nonsense"),
  };
}

}  // namespace

TEST_CASE("the search finds a secret in every disguise, and nothing where there is none") {
  const SecretSearch search("correct horse");
  for (const char* text :
       {"say correct horse!", "…rrect …", "correct%20horse", "Y29ycmVjdCBob3JzZQ==", "AGNvcnJlY3QgaG9yc2U=",
        "AABjb3JyZWN0IGhvcnNl", "636F727265637420686F727365", "md5=3cb4e732631f47e6eb961f34554b7cde",
        "2f9e53523b62abc1…", "SHA-256:4104D36F8DA2C254349F85836793EBE029E0C957063A34C91C2E9203187B5631"}) {
    CAPTURE(text);
    CHECK_FALSE(search.traces_in(text).empty());
  }
  CHECK(search.traces_in("the corral holds 20 hors d'oeuvres").empty());
}

TEST_CASE("after all that can go wrong, a planted password is nowhere to be read in any form") {
  const Scene scene;
  const std::string config = scene.config();
  ExporterProcess exporter(
      {.config = config,
       .flags = {"--log.level=debug", "--web.enable-lifecycle", "--web.enable-admin-api"},
       .environment = {{"PLANTED_DSN", words(scene.strict.port())}}});
  const SecretSearch search(planted);
  for (const char* name : {"words", "uri", "variable", "file", "odbc"}) {
    CAPTURE(name);
    CHECK(eventually([&] { return errors(exporter, name, "authentication") >= 1; }, 8s));
  }
  for (const char* name :
       {"activity", "pooler", "bouncer", "pgpool", "synthetic", "basic", "bearer", "url"}) {
    CAPTURE(name);
    const Labels labels{{"source", name}};
    CHECK(eventually([&] { return count(exporter, "dbpool_source_read_failures_total", labels) >= 1; }, 8s));
  }
  CHECK(comes_to_work(exporter, "chaos"));
  for (const char* name : {"garbage", "drip", "refused", "key"}) CHECK(comes_to_an_outage(exporter, name));
  CHECK(search.traces_in(everything_visible(exporter)).empty());

  for (const std::string& bad : bad_configs()) {
    CAPTURE(bad);
    exporter.configure(bad);
    const HttpAnswer refused = exporter.post("/-/reload");
    CHECK(refused.status == 500);
    CHECK(search.traces_in(refused.body).empty());
  }
  CHECK(search.traces_in(everything_visible(exporter)).empty());
  exporter.process().signal(SIGTERM);
  CHECK(exporter.process().wait_exit(5s) == 0);
  CHECK(search.traces_in(exporter.process().standard_error()).empty());
}

TEST_CASE("a planted password is nowhere to be read where the chaos is in the middle of a session") {
  PostgresServer server(PostgresServer::Auth::scram);
  server.query("ALTER ROLE postgres PASSWORD $$" + planted + "$$");
  ChaosProxy proxy(server.port());
  ExporterProcess exporter({.config = "pools:\n" + pool("words", "postgres", words(proxy.port())) +
                                      "sources:\n" + source("watch", "pg_stat_activity", uri(proxy.port())),
                            .flags = {"--log.level=debug", "--web.enable-lifecycle"}});
  REQUIRE(comes_to_work(exporter, "words"));
  for (const Chaos chaos : {Chaos::garbage, Chaos::cut, Chaos::reset, Chaos::drip}) {
    proxy.inject(chaos);
    CHECK(comes_to_an_outage(exporter, "words"));
    proxy.heal();
    CHECK(comes_to_work(exporter, "words"));
  }
  CHECK(SecretSearch(planted).traces_in(everything_visible(exporter)).empty());
}

TEST_CASE("a planted password is nowhere to be read in what is said of a bad start") {
  const SecretSearch search(planted);
  const TemporaryDirectory directory;
  int number = 0;
  for (const std::string& bad : bad_configs()) {
    const auto file = directory.write(fmt::format("{}.yml", ++number), bad);
    for (const char* check : {"--config.check", "--log.level=debug"}) {
      CAPTURE(bad);
      const Finished finished = run_exporter({"--config.file=" + file.string(), check});
      CHECK(finished.exit_code == 2);
      CHECK_FALSE(finished.error.empty());
      CHECK(search.traces_in(finished.error + finished.output).empty());
    }
  }
  for (const std::string& dsn :
       {"host=a nonsense password=" + planted, uri(1) + "?port=" + planted, planted}) {
    const Finished finished = run_exporter({}, {{"DBPOOL_DRIVER", "postgres"}, {"DBPOOL_DSN", dsn}});
    CHECK(finished.exit_code == 2);
    CHECK(search.traces_in(finished.error + finished.output).empty());
  }
}
