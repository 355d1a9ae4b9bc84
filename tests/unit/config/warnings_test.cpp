#include "config/warnings.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "config/load.hpp"

namespace dbpool {
namespace {

namespace fs = std::filesystem;

/// A password file that its group may read; PGPASSFILE names it until the destructor runs.
class OpenPassfile {
 public:
  OpenPassfile() {
    std::string pattern = fs::temp_directory_path() / "dbpool_warnings_test.XXXXXX";
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    directory_ = pattern;
    std::ofstream(path()) << "*:*:*:*:hunter2\n";
    fs::permissions(path(), fs::perms::owner_read | fs::perms::group_read);
    ::setenv("PGPASSFILE", path().c_str(), 1);
  }
  OpenPassfile(const OpenPassfile&) = delete;
  OpenPassfile& operator=(const OpenPassfile&) = delete;
  ~OpenPassfile() {
    ::unsetenv("PGPASSFILE");
    fs::remove_all(directory_);
  }
  fs::path path() const { return directory_ / "pgpass"; }

 private:
  fs::path directory_;
};

std::vector<std::string> warnings_of(const std::string& yaml) {
  return config_warnings(parse_config(yaml, "c.yml", {}));
}

}  // namespace

TEST_CASE("a password file that is ignored is warned about once, with all that need it and the cure") {
  const OpenPassfile file;
  const auto warnings = warnings_of(
      "pools:\n"
      "  - {name: a, driver: postgres, dsn: 'host=db user=u'}\n"
      "  - {name: b, driver: postgres, dsn: 'host=db user=u password=p'}\n"
      "  - {name: c}\n"
      "  - {name: o, driver: odbc, dsn: 'Driver={PostgreSQL Unicode};Server=db;UID=u'}\n"
      "  - {name: p, driver: odbc, dsn: 'Driver={PostgreSQL Unicode};Server=db;UID=u;PWD=x'}\n"
      "  - {name: q, driver: odbc, dsn: 'Driver={ODBC Driver 18 for SQL Server};Server=db;UID=u'}\n"
      "sources:\n"
      "  - {name: d, type: pgbouncer, dsn: 'host=db user=u dbname=pgbouncer', synthetic: {dsn: 'host=db "
      "user=u'}}\n"
      "  - {name: e, type: pgpool, dsn: 'host=db user=u'}\n"
      "  - {name: f, type: pg_stat_activity, dsn: 'host=db user=u password=p'}\n");
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0] == "a, o, d, d (synthetic), e: the password file \"" + file.path().string() +
                           "\" is ignored: its group or others have access to it; allowed: mode 0600 (chmod "
                           "0600); where a file "
                           "cannot have it, as a Kubernetes secret with fsGroup, a dsn_file");
  fs::permissions(file.path(), fs::perms::owner_read);
  CHECK(warnings_of("pools: [{name: a, driver: postgres, dsn: 'host=db user=u'}]").empty());
}

TEST_CASE(
    "a pgbouncer source that names another database than the console is warned about, without its name") {
  const auto warnings = warnings_of(
      "sources:\n"
      "  - {name: right, type: pgbouncer, dsn: 'host=db user=stats dbname=pgbouncer'}\n"
      "  - {name: wrong, type: pgbouncer, dsn: 'host=db user=stats dbname=hunter2'}\n"
      "  - {name: left_out, type: pgbouncer, dsn: 'postgresql://hunter2@db:6432'}\n"
      "  - {name: other, type: pgpool, dsn: 'host=db user=stats dbname=app'}\n");
  REQUIRE(warnings.size() == 2);
  CHECK(warnings[0].starts_with("wrong: "));
  CHECK(warnings[1].starts_with("left_out: "));
  for (const auto& warning : warnings) {
    CHECK(warning.find("\"pgbouncer\", which is the name of PgBouncer's console") != std::string::npos);
    CHECK(warning.find("hunter2") == std::string::npos);
  }
}

TEST_CASE("an objective that no acquisition can miss is warned about") {
  const auto warnings = warnings_of(
      "pools:\n"
      "  - {name: equal, acquire_timeout: 2s, latency_objective: 2s}\n"
      "  - {name: longer, acquire_timeout: 2s, latency_objective: 2001ms}\n"
      "  - {name: off, acquire_timeout: 5ms, latency_objective: 0}\n"
      "  - {name: hasty, acquire_timeout: 5ms}\n");
  const std::string wrong =
      ": latency_objective is longer than acquire_timeout, so no acquisition can count as slow";
  CHECK(warnings == std::vector<std::string>{"longer" + wrong, "hasty" + wrong});
}

TEST_CASE("unknown variables are warned about, and pool variables when a file makes them useless") {
  const Environment variables{
      {"DBPOOL_SERVICE_HOST", "10.0.0.1"}, {"DBPOOL_MAX_SIZE", "3"}, {"DBPOOL_DSN", "hunter2"},
      {"DBPOOL_LOG_LEVEL", "warn"},        {"DBPOOLS", "x"},         {"PATH", "/bin"}};
  CHECK(environment_warnings(variables, std::nullopt) ==
        std::vector<std::string>{"unknown environment variable DBPOOL_SERVICE_HOST"});
  CHECK(environment_warnings(variables, "dbpool.yml") ==
        std::vector<std::string>{
            "unknown environment variable DBPOOL_SERVICE_HOST",
            "environment variables ignored because there is a configuration file: DBPOOL_DSN, "
            "DBPOOL_MAX_SIZE"});
}

TEST_CASE("origins of a service that is off are warned about") {
  Flags flags;
  CHECK(flag_warnings(flags).empty());
  flags.web.mcp_origins = {"https://a"};
  CHECK(flag_warnings(flags) ==
        std::vector<std::string>{"--web.mcp-origin has no effect without --web.enable-mcp"});
  flags.web.mcp_enabled = true;
  CHECK(flag_warnings(flags).empty());
}

TEST_CASE("a source that accepts any certificate is warned about, of either kind") {
  const auto warnings = warnings_of(
      "sources:\n"
      "  - {name: a, type: http_json, url: 'https://a/', insecure_skip_verify: true}\n"
      "  - {name: b, type: prometheus, url: 'https://b/', insecure_skip_verify: true}\n"
      "  - {name: c, type: http_json, url: 'https://c/'}\n");
  REQUIRE(warnings.size() == 2);
  CHECK(warnings[0].starts_with("a: insecure_skip_verify accepts any certificate"));
  CHECK(warnings[1].starts_with("b: insecure_skip_verify accepts any certificate"));
}

}  // namespace dbpool
