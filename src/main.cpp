#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <span>

#include "cli/client.hpp"
#include "cli/no_answer.hpp"
#include "config/client_flags.hpp"
#include "config/command_line.hpp"
#include "config/flag_keys.hpp"
#include "config/load.hpp"
#include "config/warnings.hpp"
#include "config/web_file.hpp"
#include "daemon/check_targets.hpp"
#include "daemon/daemon.hpp"
#include "daemon/prepare_libraries.hpp"
#include "exposition/metric_catalog.hpp"
#include "log/spdlog_logger.hpp"

namespace {

constexpr int failed = 1, wrong_usage = 2;  // exit codes of the exporter and of each command

dbpool::JoinedConfig load(const dbpool::Flags& flags, const dbpool::Environment& environment) {
  if (flags.config_file) return dbpool::load_whole_config(*flags.config_file, environment);
  return {dbpool::config_from_environment(environment), {}};
}

/// Reads the configuration, and checks that of the web server. Writes to standard error what is probably not
/// intended. throws ConfigError with every problem of both.
dbpool::JoinedConfig load_checked(const dbpool::Flags& flags, const dbpool::Environment& environment) {
  auto problems = dbpool::config_problems(flags.config_file, environment);
  std::ranges::move(dbpool::web_config_problems(flags.web_config_file, environment),
                    std::back_inserter(problems));
  if (!problems.empty()) throw dbpool::ConfigError(std::move(problems));
  auto joined = load(flags, environment);
  auto warnings = dbpool::environment_warnings(environment, flags.config_file);
  std::ranges::move(dbpool::flag_warnings(flags), std::back_inserter(warnings));
  std::ranges::move(dbpool::config_warnings(joined.config), std::back_inserter(warnings));
  if (flags.web_config_file) {
    std::ranges::move(dbpool::load_web_config(*flags.web_config_file, environment).warnings,
                      std::back_inserter(warnings));
  }
  for (const auto& warning : warnings) std::cerr << "warning: " << warning << '\n';
  return joined;
}

void check_config(const dbpool::Flags& flags, const dbpool::Environment& environment) {
  load_checked(flags, environment);
  std::cout << "OK\n";
}

int check_targets(const dbpool::Flags& flags, const dbpool::Environment& environment) {
  dbpool::prepare_libraries();
  const auto targets = dbpool::check_targets(load_checked(flags, environment));
  std::cout << dbpool::checked_targets_text(targets);
  const bool any_failed = std::ranges::any_of(
      targets, [](const auto& target) { return target.result == dbpool::CheckedTarget::Result::failed; });
  return any_failed ? failed : 0;
}

void run(const dbpool::Flags& flags, const dbpool::Environment& environment) {
  dbpool::prepare_libraries();
  const auto logger = dbpool::spdlog_logger(flags.log);
  dbpool::Daemon(flags, environment, *logger).run();
}

int act(const dbpool::Flags& flags, const dbpool::Environment& environment) {
  const auto build = dbpool::build_info();
  switch (flags.action) {
    case dbpool::Flags::Action::run:
      run(flags, environment);
      break;
    case dbpool::Flags::Action::check_config:
      check_config(flags, environment);
      break;
    case dbpool::Flags::Action::check_targets:
      return check_targets(flags, environment);
    case dbpool::Flags::Action::list_metrics:
      std::cout << dbpool::catalog_markdown();
      break;
    case dbpool::Flags::Action::show_help:
      std::cout << dbpool::help_text();
      break;
    case dbpool::Flags::Action::show_version:
      std::cout << "dbpool_exporter " << build.version << " (revision " << build.revision << ", "
                << build.compiler << ")\n";
      break;
  }
  return 0;
}

/// Returns whether standard output is a terminal that shows colours, and its user wants them.
dbpool::Colours wanted_colours(const dbpool::Environment& environment) {
  const auto no_colour = environment.find("NO_COLOR"), terminal = environment.find("TERM");
  const bool unwanted = no_colour != environment.end() && !no_colour->second.empty();
  const bool plain = terminal == environment.end() || terminal->second == "dumb";
  return unwanted || plain || ::isatty(STDOUT_FILENO) == 0 ? dbpool::Colours::off : dbpool::Colours::on;
}

/// Runs `status` or `explain`.
int ask_exporter(const dbpool::ClientOptions& options, const dbpool::Environment& environment) {
  if (options.asks_for_help) {
    std::cout << dbpool::client_help_text(options.command);
    return 0;
  }
  try {
    const auto ask = [&](const std::string& path) { return dbpool::ask(options, path); };
    return static_cast<int>(dbpool::run_client(options, ask, wanted_colours(environment), std::cout));
  } catch (const dbpool::NoAnswer& e) {
    std::cerr << "dbpool_exporter: " << e.what();
    return static_cast<int>(dbpool::ClientExit::no_answer);
  } catch (const dbpool::Error& e) {
    std::cerr << "dbpool_exporter: " << e.what() << '\n';
    return wrong_usage;
  }
}

}  // namespace

int main(int argc, char** argv) {
  // Limits malloc to two arenas: any web thread may render a scrape, and each arena keeps the memory that it
  // used for one.
  ::mallopt(M_ARENA_MAX, 2);
  try {
    const auto environment = dbpool::environment_of(environ);
    const std::span<const char* const> arguments(argv, static_cast<std::size_t>(argc));
    if (const auto client = dbpool::parse_client(arguments, environment))
      return ask_exporter(*client, environment);
    return act(dbpool::parse_flags(arguments, environment), environment);
  } catch (const dbpool::ConfigError& e) {
    for (const auto& problem : e.problems()) std::cerr << problem << '\n';
    return wrong_usage;
  } catch (const std::exception& e) {
    std::cerr << "dbpool_exporter: " << e.what() << '\n';
    return failed;
  }
}
