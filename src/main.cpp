#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <iterator>

#include "config/command_line.hpp"
#include "config/flag_keys.hpp"
#include "config/load.hpp"
#include "config/warnings.hpp"
#include "config/web_file.hpp"
#include "daemon/daemon.hpp"
#include "daemon/prepare_libraries.hpp"
#include "exposition/metric_catalog.hpp"
#include "log/spdlog_logger.hpp"

namespace {

void check_config(const dbpool::Flags& flags, const dbpool::Environment& environment) {
  auto problems = dbpool::config_problems(flags.config_file, environment);
  std::ranges::move(dbpool::web_config_problems(flags.web_config_file, environment),
                    std::back_inserter(problems));
  if (!problems.empty()) throw dbpool::ConfigError(std::move(problems));
  const auto config = flags.config_file ? dbpool::load_config(*flags.config_file, environment)
                                        : dbpool::config_from_environment(environment);
  auto warnings = dbpool::environment_warnings(environment, flags.config_file);
  std::ranges::move(dbpool::config_warnings(config), std::back_inserter(warnings));
  if (flags.web_config_file) {
    std::ranges::move(dbpool::load_web_config(*flags.web_config_file, environment).warnings,
                      std::back_inserter(warnings));
  }
  for (const auto& warning : warnings) std::cerr << "warning: " << warning << '\n';
  std::cout << "OK\n";
}

void run(const dbpool::Flags& flags, const dbpool::Environment& environment) {
  dbpool::prepare_libraries();
  const auto logger = dbpool::spdlog_logger(flags.log);
  dbpool::Daemon(flags, environment, *logger).run();
}

void act(const dbpool::Flags& flags, const dbpool::Environment& environment) {
  const auto build = dbpool::build_info();
  switch (flags.action) {
    case dbpool::Flags::Action::run:
      return run(flags, environment);
    case dbpool::Flags::Action::check_config:
      return check_config(flags, environment);
    case dbpool::Flags::Action::list_metrics:
      std::cout << dbpool::catalog_markdown();
      return;
    case dbpool::Flags::Action::show_help:
      std::cout << dbpool::help_text();
      return;
    case dbpool::Flags::Action::show_version:
      std::cout << "dbpool_exporter " << build.version << " (revision " << build.revision << ", "
                << build.compiler << ")\n";
      return;
  }
}

}  // namespace

int main(int argc, char** argv) {
  // Limits malloc to two arenas: any web thread may render a scrape, and each arena keeps the memory that it
  // used for one.
  ::mallopt(M_ARENA_MAX, 2);
  try {
    const auto environment = dbpool::environment_of(environ);
    act(dbpool::parse_flags(argc, argv, environment), environment);
    return 0;
  } catch (const dbpool::ConfigError& e) {
    for (const auto& problem : e.problems()) std::cerr << problem << '\n';
    return 2;
  } catch (const std::exception& e) {
    std::cerr << "dbpool_exporter: " << e.what() << '\n';
    return 1;
  }
}
