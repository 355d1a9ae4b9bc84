#include <doctest/doctest.h>
#include <fmt/format.h>

#include "support/eventually.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/postgres_server.hpp"
#include "support/servers/visible.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

constexpr const char* planted = "pl4nted-pa55word";

bool shows(const std::string& text, const char* secret) {
  return text.find(secret) != std::string::npos;
}

}  // namespace

TEST_CASE("a refused password is an authentication error and is nowhere to be read") {
  const PostgresServer server(PostgresServer::Auth::scram);
  const std::string config = fmt::format(
      "pools:\n"
      "  - {{name: words, driver: postgres, dsn: '{0} password={1}'}}\n"
      "  - {{name: uri, driver: postgres, dsn: 'postgresql://postgres:{1}@127.0.0.1:{2}/postgres'}}\n"
      "  - {{name: admitted, driver: postgres, dsn: '{3}'}}\n",
      server.dsn(), planted, server.port(), server.dsn_with_password());
  ExporterProcess exporter({.config = config, .flags = {"--log.level=debug", "--web.enable-lifecycle"}});
  for (const char* pool : {"words", "uri"}) {
    const Labels refused{{"pool", pool}, {"error_type", "authentication"}};
    CHECK(eventually([&] { return exporter.metric("dbpool_errors_total", refused) >= 1; }, 5s));
    CHECK(exporter.metric("dbpool_up", {{"source", pool}}) == 0);
  }
  CHECK(eventually([&] { return exporter.metric("dbpool_up", {{"source", "admitted"}}) == 1; }, 5s));
  CHECK(eventually([&] { return exporter.log("reconnection attempt").size() >= 2; }, 5s));

  const std::string valid = everything_visible(exporter);
  CHECK_FALSE(shows(valid, planted));
  CHECK_FALSE(shows(valid, PostgresServer::password));

  exporter.configure(fmt::format(
      "pools:\n"
      "  - {{name: words, driver: postgres, dsn: 'host=a password=''{0} nonsense'}}\n"
      "  - {{name: uri, driver: postgres, dsn: 'postgresql://postgres:{0}@127.0.0.1:port:1/x%zz'}}\n",
      planted));
  CHECK(exporter.post("/-/reload").status == 500);
  CHECK_FALSE(shows(everything_visible(exporter), planted));
}

TEST_CASE("a password in the environment is nowhere to be read when it is refused at the start") {
  const std::string dsn = fmt::format("postgresql://u:{}@127.0.0.1:port/x", planted);
  const Finished finished = run_exporter({}, {{"DBPOOL_DRIVER", "postgres"}, {"DBPOOL_DSN", dsn}});
  CHECK(finished.exit_code == 2);
  CHECK(shows(finished.error, "DBPOOL_DSN"));
  CHECK_FALSE(shows(finished.error + finished.output, planted));
}

TEST_CASE("a password file is read again at every connect, so that a new password needs no reload") {
  const PostgresServer server(PostgresServer::Auth::scram);
  const TemporaryDirectory secrets;
  const auto file = secrets.write("dsn", server.dsn() + " password=" + planted + "\n");
  ExporterProcess exporter(
      {.config =
           fmt::format("pools:\n  - {{name: rotated, driver: postgres, dsn_file: {}}}\n", file.string())});
  const Labels refused{{"pool", "rotated"}, {"error_type", "authentication"}};
  CHECK(eventually([&] { return exporter.metric("dbpool_errors_total", refused) >= 1; }, 5s));
  secrets.write("dsn", server.dsn_with_password() + "\n");
  CHECK(eventually([&] { return exporter.metric("dbpool_up", {{"source", "rotated"}}) == 1; }, 6s));
  const std::string all = everything_visible(exporter);
  CHECK_FALSE(shows(all, planted));
  CHECK_FALSE(shows(all, PostgresServer::password));
}

TEST_CASE("text with blanks, line breaks or a byte order mark at its ends works as without them") {
  const PostgresServer server(PostgresServer::Auth::scram);
  const TemporaryDirectory secrets;
  const std::string dsn = server.dsn_with_password();
  const std::string password = PostgresServer::password;
  for (const auto& [before, behind] :
       {std::pair("\xEF\xBB\xBF", "\r\n"), std::pair(" \t", " \n"), std::pair("\n", "\r")}) {
    const auto with_ends = [&](const std::string& text) { return before + text + behind; };
    const auto file = secrets.write("dsn", with_ends(dsn));
    const std::string config = fmt::format(
        "pools:\n"
        "  - {{name: variable, driver: postgres, dsn: \"${{DSN}}\"}}\n"
        "  - {{name: within, driver: postgres, dsn: "
        "\"postgresql://postgres:${{PW}}@127.0.0.1:{}/postgres\"}}\n"
        "  - {{name: file, driver: postgres, dsn_file: {}}}\n"
        "sources:\n"
        "  - {{name: watch, type: pg_stat_activity, dsn: \"${{DSN}}\", interval: 300ms}}\n",
        server.port(), file.string());
    ExporterProcess exporter(
        {.config = config, .environment = {{"DSN", with_ends(dsn)}, {"PW", with_ends(password)}}});
    for (const char* name : {"variable", "within", "file", "watch"}) {
      CAPTURE(name);
      CHECK(eventually([&] { return exporter.metric("dbpool_up", {{"source", name}}) == 1; }, 10s));
    }
    ExporterProcess alone({.environment = {{"DBPOOL_DRIVER", with_ends("postgres")},
                                           {"DBPOOL_DSN", with_ends(dsn)},
                                           {"DBPOOL_MAX_SIZE", with_ends("3")},
                                           {"DBPOOL_LOG_FORMAT", with_ends("json")}}});
    CHECK(eventually([&] { return alone.metric("dbpool_up", {{"source", "default"}}) == 1; }, 10s));
  }
}
