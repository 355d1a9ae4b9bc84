#include "config/command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>

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
std::optional<Value> value_of(const Flag& flag, const std::vector<std::string>& texts,
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
std::vector<std::string> texts_of_variable(const Flag& flag, const std::string& text) {
  if (flag.takes == Takes::texts) return split_at_commas(text);
  return {text};
}

CLI::Option* declare(CLI::App& app, const Flag& flag, std::vector<std::string>& unused) {
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

void report_unknown_flag(const std::string& leftover, Problems& problems) {
  std::vector<std::string_view> names;
  for (const auto& flag : flag_keys()) names.push_back(flag.key.name);
  const auto written = leftover.substr(0, leftover.find('='));
  const auto meant = nearest(std::string_view(written).substr(written.starts_with("--") ? 2 : 1), names);
  const auto hint = meant.empty() ? "" : fmt::format(" (did you mean \"--{}\"?)", meant);
  problems.add(0, "", fmt::format("unknown flag{}{}; allowed: see --help", shown(written), hint));
}

void report_leftovers(const std::vector<std::string>& leftovers, Problems& problems) {
  bool after_unknown_flag = false;
  for (const auto& leftover : leftovers) {
    const bool is_flag = leftover.starts_with('-');
    if (is_flag) {
      report_unknown_flag(leftover, problems);
    } else if (!after_unknown_flag) {
      problems.add(0, "", fmt::format("unexpected argument{}; allowed: flags only", shown(leftover)));
    }
    after_unknown_flag = is_flag && leftover.find('=') == std::string::npos;
  }
}

/// Sets one flag from the command line, or else from its variable.
void read_flag(const Flag& flag, const std::vector<std::string>& given, const Environment& environment,
               Flags& flags, Problems& problems) {
  auto path = fmt::format("--{}", flag.key.name);
  auto texts = given;
  if (texts.empty()) {
    path = variable_of(flag.key.name);
    const auto found = environment.find(path);
    if (found == environment.end() || found->second.empty()) return;
    texts = texts_of_variable(flag, found->second);
    path = "environment: " + path;
  }
  if (const auto value = value_of(flag, texts, path, problems)) flag.key.set(flags, *value, problems);
}

}  // namespace

Flags parse_flags(int argc, const char* const* argv, const Environment& environment) {
  CLI::App app;
  app.set_help_flag("");
  app.allow_extras();
  std::vector<std::string> unused;
  std::vector<CLI::Option*> options;
  const auto keys = flag_keys();
  for (const auto& flag : keys) options.push_back(declare(app, flag, unused));

  Problems problems("");
  try {
    app.parse(argc, argv);
  } catch (const CLI::Error& e) {
    problems.add(0, "", fmt::format("wrong usage ({}); allowed: see --help", e.get_name()));
  }
  Flags flags;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    read_flag(keys[i], options[i]->results(), environment, flags, problems);
  }
  if (flags.action == Flags::Action::show_help || flags.action == Flags::Action::show_version) return flags;
  report_leftovers(app.remaining(), problems);
  auto lines = problems.lines();
  if (lines.empty()) return flags;
  std::ranges::move(config_problems(flags.config_file, environment), std::back_inserter(lines));
  std::ranges::move(web_config_problems(flags.web_config_file, environment), std::back_inserter(lines));
  throw ConfigError(std::move(lines));
}

}  // namespace dbpool
