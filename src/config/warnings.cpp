#include "config/warnings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dbpool/drivers/postgres.hpp"

namespace dbpool {
namespace {

/// A connection string that libpq may receive, and the pool or source that it belongs to.
struct Named {
  std::string owner;
  DsnSource dsn;
  bool is_odbc = false;
};

std::vector<Named> named_dsns(const Config& config) {
  std::vector<Named> all;
  for (const auto& pool : config.pools) {
    if (pool.driver != "sqlite") all.push_back({pool.options.name, pool.dsn, pool.driver == "odbc"});
  }
  for (const auto& source : config.sources) {
    if (source.probe.kind == SourceKind::http_json) continue;
    all.push_back({source.probe.name, source.dsn});
    if (const auto& synthetic = source.pgbouncer.synthetic)
      all.push_back({source.probe.name + " (synthetic)", synthetic->dsn});
  }
  return all;
}

/// Returns whether an ODBC connection string names PostgreSQL and holds no password.
bool is_postgres_without_password(const Dsn& odbc) {
  std::string text = odbc.reveal();
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  const auto has = [&text](std::string_view part) { return text.find(part) != std::string::npos; };
  return (has("postgres") || has("psqlodbc")) && !has("pwd") && !has("password");
}

std::string passfile_problem(const Named& named) {
  try {
    const Dsn dsn = named.dsn.read();
    if (!named.is_odbc) return postgres_passfile_problem(dsn);
    // The driver's libpq finds the file through the environment alone.
    return is_postgres_without_password(dsn) ? postgres_passfile_problem(Dsn()) : "";
  } catch (const Error&) {
    return "";  // the connect reports it
  }
}

/// Adds each problem once, with all pools and sources that have it.
void add_passfiles(const Config& config, std::vector<std::string>& warnings) {
  struct Concern {
    std::string problem, owners;
  };
  std::vector<Concern> concerns;
  for (const Named& named : named_dsns(config)) {
    const auto& owner = named.owner;
    const auto problem = passfile_problem(named);
    if (problem.empty()) continue;
    const auto known = std::ranges::find(concerns, problem, &Concern::problem);
    if (known == concerns.end()) {
      concerns.push_back({problem, owner});
    } else {
      known->owners += ", " + owner;
    }
  }
  for (const auto& [problem, owners] : concerns) warnings.push_back(fmt::format("{}: {}", owners, problem));
}

void add_consoles(const Config& config, std::vector<std::string>& warnings) {
  for (const auto& source : config.sources) {
    if (source.probe.kind != SourceKind::pgbouncer) continue;
    const std::string database = postgres_driver(source.dsn)->info().database;
    // The name is not shown: in a malformed connection string it may be a piece of the password.
    if (database.empty() || database == "pgbouncer") continue;
    warnings.push_back(fmt::format(
        "{}: the DSN of a pgbouncer source names another database than \"pgbouncer\", which is the name of "
        "PgBouncer's console",
        source.probe.name));
  }
}

}  // namespace

std::vector<std::string> config_warnings(const Config& config) {
  std::vector<std::string> warnings;
  add_passfiles(config, warnings);
  add_consoles(config, warnings);
  return warnings;
}

}  // namespace dbpool
