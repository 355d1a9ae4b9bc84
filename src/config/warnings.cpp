#include "config/warnings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "config/drivers.hpp"
#include "config/flag_keys.hpp"
#include "config/pool_keys.hpp"
#include "dbpool/drivers/postgres.hpp"

namespace dbpool {
namespace {

/// A connection string that libpq may receive, the pool or source that it belongs to, and what describes why
/// libpq would ignore its password file.
struct Named {
  std::string owner;
  DsnSource dsn;
  std::string (*passfile_problem)(const Dsn&);
};

void add_dsns(const PoolConfig& pool, std::vector<Named>& all) {
  const auto* const driver = find_driver(pool.driver);
  if (driver == nullptr || driver->passfile_problem == nullptr) return;
  all.push_back({pool.options.name, pool.dsn, driver->passfile_problem});
}

void add_dsns(const SourceConfig& source, std::vector<Named>& all) {
  const auto& name = source.probe.name;
  std::visit(
      [&](const auto& options) {
        if constexpr (requires { options.dsn; })
          all.push_back({name, options.dsn, postgres_passfile_problem});
        if constexpr (requires { options.synthetic->dsn; }) {
          if (!options.synthetic) return;
          all.push_back({name + " (synthetic)", options.synthetic->dsn, postgres_passfile_problem});
        }
      },
      source.options);
}

/// Returns the sources, and the modules as sources with their names.
std::vector<SourceConfig> sources_and_modules(const Config& config) {
  std::vector<SourceConfig> all = config.sources;
  for (const auto& module : config.modules) {
    all.push_back(module.source);
    all.back().probe.name = module.name;
  }
  return all;
}

std::vector<Named> named_dsns(const Config& config) {
  std::vector<Named> all;
  for (const auto& pool : config.pools) add_dsns(pool, all);
  for (const auto& source : sources_and_modules(config)) add_dsns(source, all);
  return all;
}

std::string passfile_problem(const Named& named) {
  try {
    return named.passfile_problem(named.dsn.read());
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
  for (const auto& source : sources_and_modules(config)) {
    const auto* const pgbouncer = std::get_if<PgBouncerOptions>(&source.options);
    if (pgbouncer == nullptr) continue;
    const std::string database = postgres_driver(pgbouncer->dsn)->info().database;
    // The name is not shown: in a malformed connection string it may be a piece of the password.
    if (database.empty() || database == "pgbouncer") continue;
    warnings.push_back(fmt::format(
        "{}: the DSN of a pgbouncer source names another database than \"pgbouncer\", which is the name of "
        "PgBouncer's console",
        source.probe.name));
  }
}

void add_unverified(const Config& config, std::vector<std::string>& warnings) {
  for (const auto& source : sources_and_modules(config)) {
    const auto skips = [](const auto& options) {
      if constexpr (requires { options.http; }) return options.http.insecure_skip_verify;
      return false;
    };
    if (!std::visit(skips, source.options)) continue;
    warnings.push_back(fmt::format(
        "{}: insecure_skip_verify accepts any certificate, so that another server can pose as the target",
        source.probe.name));
  }
}

void add_objectives(const Config& config, std::vector<std::string>& warnings) {
  for (const auto& pool : config.pools) {
    const PoolOptions& options = pool.options;
    if (options.latency_objective <= options.acquire_timeout) continue;
    warnings.push_back(fmt::format(
        "{}: latency_objective is longer than acquire_timeout, so no acquisition can count as slow",
        options.name));
  }
}

}  // namespace

std::vector<std::string> config_warnings(const Config& config) {
  std::vector<std::string> warnings;
  add_passfiles(config, warnings);
  add_consoles(config, warnings);
  add_objectives(config, warnings);
  add_unverified(config, warnings);
  return warnings;
}

std::vector<std::string> environment_warnings(const Environment& environment,
                                              const std::optional<std::filesystem::path>& config_file) {
  std::vector<std::string> unknown, ignored;
  for (const auto& [variable, value] : environment) {
    // An empty variable counts as not set.
    if (!variable.starts_with("DBPOOL_") || value.empty() || is_flag_variable(variable)) continue;
    if (!is_pool_variable(variable)) {
      unknown.push_back(variable);
    } else if (config_file) {
      ignored.push_back(variable);
    }
  }
  std::vector<std::string> warnings;
  for (const auto& variable : unknown)
    warnings.push_back(fmt::format("unknown environment variable {}", variable));
  if (!ignored.empty()) {
    warnings.push_back(fmt::format("environment variables ignored because there is a configuration file: {}",
                                   fmt::join(ignored, ", ")));
  }
  return warnings;
}

std::vector<std::string> flag_warnings(const Flags& flags) {
  if (flags.web.mcp_origins.empty() || flags.web.mcp_enabled) return {};
  return {"--web.mcp-origin has no effect without --web.enable-mcp"};
}

}  // namespace dbpool
