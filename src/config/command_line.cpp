#include "config/command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>

#include "config/client_flags.hpp"
#include "config/config.hpp"
#include "config/flag_keys.hpp"
#include "config/load.hpp"
#include "config/read_value.hpp"
#include "config/web_file.hpp"

namespace dbpool {
namespace {

Value text_value(std::string text, const std::string& path) {
  Value value;
  value.kind = Value::Kind::text;
  value.text = std::move(text);
  value.path = path;
  return value;
}

/// Reads 1 and 0 as true and false: flags and variables have no YAML types.
std::string switch_word(const std::string& text) {
  if (text == "1") return "true";
  return text == "0" ? "false" : text;
}

/// Makes a value from the texts given to a flag; nullopt after a problem.
template <typename Options>
std::optional<Value> value_of(const FlagOf<Options>& flag, const std::vector<std::string>& texts,
                              const std::string& path, Problems& problems) {
  Value list;
  list.kind = Value::Kind::list;
  list.path = path;
  for (const auto& text : texts) {
    list.items.push_back(text_value(flag.takes == Takes::nothing ? switch_word(text) : text, path));
    if (!text.empty()) continue;
    problems.add(list, fmt::format("has no value; allowed: {}", flag.key.meaning));
    return std::nullopt;
  }
  if (flag.takes == Takes::texts) return list;
  if (flag.takes == Takes::text && texts.size() > 1) {
    problems.add(list, "given more than once; allowed: once");
    return std::nullopt;
  }
  return list.items.back();
}

std::vector<std::string> split_at_commas(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find(',', begin), text.size());
    const auto first = std::min(text.find_first_not_of(' ', begin), end);
    parts.push_back(text.substr(first, end - first));
    while (parts.back().ends_with(' ')) parts.back().pop_back();
    begin = end + 1;
  }
  return parts;
}

/// Splits a variable's text into the texts that the command line would give.
std::vector<std::string> texts_of_variable(Takes takes, const std::string& text) {
  if (takes == Takes::texts) return split_at_commas(text);
  return {text};
}

template <typename Options>
CLI::Option* declare(CLI::App& app, const FlagOf<Options>& flag, std::vector<std::string>& unused) {
  const auto name = fmt::format("--{}", flag.key.name);
  if (flag.key.name == "help") return app.add_flag("-h," + name);
  if (flag.takes == Takes::nothing) return app.add_flag(fmt::format("{0},!--no-{1}", name, flag.key.name));
  // Accepts a missing value here, so that it is reported together with all other problems.
  return app.add_option(name, unused)
      ->expected(0, 1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

/// Returns ` "word"`, or "" for a word that may hold a secret.
std::string shown(std::string_view word) {
  const auto quoted = quoted_if_plain(word, "");
  return quoted.empty() ? quoted : " " + quoted;
}

using Names = std::vector<std::string_view>;

template <typename Options>
Names names_of(std::span<const FlagOf<Options>> flags) {
  Names names;
  for (const auto& flag : flags) names.push_back(flag.key.name);
  return names;
}

void report_unknown_flag(const std::string& leftover, const Names& names, Problems& problems) {
  const auto written = leftover.substr(0, leftover.find('='));
  const auto meant = nearest(std::string_view(written).substr(written.starts_with("--") ? 2 : 1), names);
  const auto hint = meant.empty() ? "" : fmt::format(" (did you mean \"--{}\"?)", meant);
  problems.add(0, "", fmt::format("unknown flag{}{}; allowed: see --help", shown(written), hint));
}

void report_unexpected_word(const std::string& word, Problems& problems) {
  const auto meant = nearest(word, {command_words.begin(), command_words.end()});
  const auto hint = meant.empty() ? "" : fmt::format(" (did you mean \"{}\", as the first one?)", meant);
  problems.add(0, "", fmt::format("unexpected argument{}{}; allowed: flags only", shown(word), hint));
}

void report_leftovers(const std::vector<std::string>& leftovers, const Names& names, Problems& problems) {
  bool after_unknown_flag = false;
  for (const auto& leftover : leftovers) {
    const bool is_flag = leftover.starts_with('-');
    if (is_flag) {
      report_unknown_flag(leftover, names, problems);
    } else if (!after_unknown_flag) {
      report_unexpected_word(leftover, problems);
    }
    after_unknown_flag = is_flag && leftover.find('=') == std::string::npos;
  }
}

/// Sets one flag from the command line, or else from its variable.
template <typename Options>
void read_flag(const FlagOf<Options>& flag, const std::vector<std::string>& given,
               const Environment& environment, Options& options, Problems& problems) {
  auto path = fmt::format("--{}", flag.key.name);
  auto texts = given;
  if (texts.empty()) {
    if (flag.key.variable == Variable::none) return;
    path = variable_of(flag.key.name);
    const auto found = environment.find(path);
    if (found == environment.end() || found->second.empty()) return;
    texts = texts_of_variable(flag.takes, found->second);
    path = "environment: " + path;
  }
  if (const auto value = value_of(flag, texts, path, problems)) flag.key.set(options, *value, problems);
}

/// What a command line gave.
struct Given {
  Problems problems{""};
  std::vector<std::string> leftovers;  ///< unknown flags and other arguments
};

/// Reads the flags in `arguments`, which the name of the program or of a command precedes.
template <typename Options>
Given read_flags(std::span<const char* const> arguments, std::span<const FlagOf<Options>> flags,
                 const Environment& environment, Options& options) {
  CLI::App app;
  app.set_help_flag("");
  app.allow_extras();
  std::vector<std::string> unused;
  std::vector<CLI::Option*> declared;
  for (const auto& flag : flags) declared.push_back(declare(app, flag, unused));

  Given given;
  try {
    app.parse(static_cast<int>(arguments.size()), arguments.data());
  } catch (const CLI::Error& e) {
    given.problems.add(0, "", fmt::format("wrong usage ({}); allowed: see --help", e.get_name()));
  }
  for (std::size_t i = 0; i < flags.size(); ++i) {
    read_flag(flags[i], declared[i]->results(), environment, options, given.problems);
  }
  given.leftovers = app.remaining();
  return given;
}

/// Returns whether the command comes first on the command line.
bool is_command(std::span<const char* const> arguments, std::string_view command) {
  return arguments.size() > 1 && arguments[1] == command;
}

/// Takes the pool of `explain` out of the leftovers.
void take_pool(std::vector<std::string>& leftovers, ClientOptions& options) {
  if (leftovers.empty() || leftovers.front().empty() || leftovers.front().starts_with('-')) return;
  options.pool = leftovers.front();
  leftovers.erase(leftovers.begin());
}

}  // namespace

Flags parse_flags(std::span<const char* const> arguments, const Environment& environment) {
  Flags flags;
  const bool checks = is_command(arguments, "check");
  const auto given = read_flags(arguments.subspan(checks ? 1 : 0), flag_keys(), environment, flags);
  if (flags.action == Flags::Action::show_help || flags.action == Flags::Action::show_version) return flags;
  if (checks) flags.action = Flags::Action::check_targets;
  Problems problems = given.problems;
  report_leftovers(given.leftovers, names_of(flag_keys()), problems);
  auto lines = problems.lines();
  if (lines.empty()) return flags;
  std::ranges::move(config_problems(flags.config_file, environment), std::back_inserter(lines));
  std::ranges::move(web_config_problems(flags.web_config_file, environment), std::back_inserter(lines));
  throw ConfigError(std::move(lines));
}

std::optional<ClientOptions> parse_client(std::span<const char* const> arguments,
                                          const Environment& environment) {
  ClientOptions options;
  if (is_command(arguments, "explain")) {
    options.command = ClientOptions::Command::explain;
  } else if (!is_command(arguments, "status")) {
    return std::nullopt;
  }
  auto given = read_flags(arguments.subspan(1), client_flags(), environment, options);
  if (options.asks_for_help) return options;
  if (options.command == ClientOptions::Command::explain) take_pool(given.leftovers, options);
  report_leftovers(given.leftovers, names_of(client_flags()), given.problems);
  check_pairs(options, given.problems);
  if (auto lines = given.problems.lines(); !lines.empty()) throw ConfigError(std::move(lines));
  return options;
}

}  // namespace dbpool
