#include "config/flags.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <iterator>

#include "config/config.hpp"
#include "config/keys.hpp"
#include "config/listen_address.hpp"
#include "config/load.hpp"
#include "config/read_value.hpp"

namespace dbpool {
namespace {

using FlagKey = Key<Flags>;
constexpr auto same = FlagKey::Variable::same;

void set_config_file(Flags& flags, const Value& value, Problems& problems) {
  if (const auto file = read_text(value, problems)) flags.config_file = *file;
}

void refuse_web_config(Flags&, const Value& value, Problems& problems) {
  problems.add(value, "this build has no TLS and no basic authentication yet; allowed: no web configuration");
}

void add_listen_address(WebOptions& web, const Value& value, Problems& problems) {
  if (is_ipv6_address(value.text)) {
    problems.add(value, "the web server of this build has no IPv6; allowed: host:port or :port with IPv4");
  } else if (const auto address = parse_listen_address(value.text)) {
    web.listen.push_back(*address);
  } else {
    problems.reject(value, "host:port or :port, with a port from 0 to 65535");
  }
}

void set_listen_addresses(Flags& flags, const Value& value, Problems& problems) {
  flags.web.listen.clear();
  for (const auto& item : value.items) add_listen_address(flags.web, item, problems);
}

void set_telemetry_path(Flags& flags, const Value& value, Problems& problems) {
  constexpr std::string_view characters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
  const std::string& path = value.text;
  const bool well_formed = path.size() > 1 && path[0] == '/' &&
                           path.find_first_not_of(characters) == std::string::npos &&
                           path.find("//") == std::string::npos && path.find("/.") == std::string::npos;
  const bool taken =
      path == "/health" || path.starts_with("/-/") || (path + "/").starts_with("/connections/");
  if (well_formed && !taken) {
    flags.web.telemetry_path = path;
  } else {
    problems.reject(value, "a path such as /metrics, other than /, /-/…, /health and /connections/…");
  }
}

void set_log_level(Flags& flags, const Value& value, Problems& problems) {
  if (const auto i = read_word(value, log_level_names, problems)) flags.log.level = static_cast<LogLevel>(*i);
}

void set_log_format(Flags& flags, const Value& value, Problems& problems) {
  if (const auto i = read_word(value, log_format_names, problems))
    flags.log.format = static_cast<LogFormat>(*i);
}

template <bool WebOptions::*field>
void enable(Flags& flags, const Value& value, Problems& problems) {
  if (const auto on = read_switch(value, problems)) flags.web.*field = *on;
}

/// The last of several actions in the order of the table wins.
template <Flags::Action action>
void act(Flags& flags, const Value& value, Problems& problems) {
  if (read_switch(value, problems).value_or(false)) flags.action = action;
}

/// What may follow a flag.
enum class Takes { text, texts, nothing };

struct Flag {
  FlagKey key;
  Takes takes = Takes::text;
};

using Action = Flags::Action;
constexpr std::array<Flag, 12> flag_table{{
    {{"config.file", same, "", "YAML file; without it, one pool from the environment", set_config_file},
     Takes::text},
    {{"config.check", same, "", "print every problem of the configuration or OK, and exit",
      act<Action::check_config>},
     Takes::nothing},
    {{"web.listen-address", same, "0.0.0.0:10127", "host:port or :port; repeatable", set_listen_addresses},
     Takes::texts},
    {{"web.telemetry-path", same, "/metrics", "where the metrics are", set_telemetry_path}, Takes::text},
    {{"web.config.file", same, "", "TLS and basic authentication; not in this build yet", refuse_web_config},
     Takes::text},
    {{"web.enable-lifecycle", same, "false", "allow POST /-/reload", enable<&WebOptions::lifecycle_enabled>},
     Takes::nothing},
    {{"web.enable-admin-api", same, "false", "allow POST /connections/pools/close…",
      enable<&WebOptions::admin_api_enabled>},
     Takes::nothing},
    {{"log.level", same, "info", "debug, info, warn or error", set_log_level}, Takes::text},
    {{"log.format", same, "logfmt", "logfmt or json, on standard error", set_log_format}, Takes::text},
    {{"metrics.list", same, "", "print the metrics as a Markdown table, and exit", act<Action::list_metrics>},
     Takes::nothing},
    {{"version", same, "", "print the version, and exit", act<Action::show_version>}, Takes::nothing},
    {{"help", same, "", "print this, and exit", act<Action::show_help>}, Takes::nothing},
}};

Value text_value(std::string text, const std::string& path) {
  Value value;
  value.kind = Value::Kind::text;
  value.text = std::move(text);
  value.path = path;
  return value;
}

/// Makes a value of what was written after a flag, or for each time that it was; nullopt after a problem.
std::optional<Value> value_of(const Flag& flag, const std::vector<std::string>& texts,
                              const std::string& path, Problems& problems) {
  Value list;
  list.kind = Value::Kind::list;
  list.path = path;
  for (const auto& text : texts) {
    list.items.push_back(text_value(text, path));
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
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

/// What a variable says, in the words of the command line.
std::vector<std::string> texts_of_variable(const Flag& flag, const std::string& text) {
  if (flag.takes == Takes::texts) return split_at_commas(text);
  if (flag.takes == Takes::nothing && text == "1") return {"true"};
  if (flag.takes == Takes::nothing && text == "0") return {"false"};
  return {text};
}

CLI::Option* declare(CLI::App& app, const Flag& flag, std::vector<std::string>& unused) {
  const auto name = fmt::format("--{}", flag.key.name);
  if (flag.key.name == "help") return app.add_flag("-h," + name);
  if (flag.takes == Takes::nothing) return app.add_flag(fmt::format("{0},!--no-{1}", name, flag.key.name));
  // A missing value is let through here, so that it is reported together with all else.
  return app.add_option(name, unused)
      ->expected(0, 1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

/// ` "word"`, or nothing when it had better not be shown.
std::string shown(std::string_view word) {
  const auto quoted = quoted_if_plain(word, "");
  return quoted.empty() ? quoted : " " + quoted;
}

void report_unknown_flag(const std::string& leftover, Problems& problems) {
  std::vector<std::string_view> names;
  for (const auto& flag : flag_table) names.push_back(flag.key.name);
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

/// Reads what the command line or else the environment says of one flag.
void read_flag(const Flag& flag, const std::vector<std::string>& given, const Environment& environment,
               Flags& flags, Problems& problems) {
  auto path = fmt::format("--{}", flag.key.name);
  auto texts = given;
  if (texts.empty()) {
    path = variable_of(flag.key.name);
    const auto found = environment.find(path);
    if (found == environment.end()) return;
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
  for (const auto& flag : flag_table) options.push_back(declare(app, flag, unused));

  Problems problems("");
  try {
    app.parse(argc, argv);
  } catch (const CLI::Error& e) {
    problems.add(0, "", fmt::format("wrong usage ({}); allowed: see --help", e.get_name()));
  }
  Flags flags;
  for (std::size_t i = 0; i < flag_table.size(); ++i) {
    read_flag(flag_table[i], options[i]->results(), environment, flags, problems);
  }
  if (flags.action == Action::show_help || flags.action == Action::show_version) return flags;
  report_leftovers(app.remaining(), problems);
  auto lines = problems.lines();
  if (lines.empty()) return flags;
  std::ranges::move(config_problems(flags.config_file, environment), std::back_inserter(lines));
  throw ConfigError(std::move(lines));
}

std::string help_text() {
  std::string text =
      "Usage: dbpool_exporter [flags]\n\nExports the state of database connection pools to Prometheus.\n\n"
      "Flags (each also reads a variable, such as DBPOOL_LOG_LEVEL for --log.level; a flag beats it):\n";
  for (const auto& [key, takes] : flag_table) {
    const auto name = fmt::format("--{}{}", key.name, takes == Takes::nothing ? "" : "=…");
    text += fmt::format("  {:<26} {}", name, key.meaning);
    if (takes != Takes::nothing && !key.fallback.empty()) text += fmt::format(" (default {})", key.fallback);
    text += '\n';
  }
  return text;
}

std::string flags_markdown() {
  std::string table = "| flag | variable | default | meaning |\n|---|---|---|---|\n";
  for (const auto& [key, takes] : flag_table) {
    const auto fallback = key.fallback.empty() ? "" : fmt::format("`{}`", key.fallback);
    table +=
        fmt::format("| `--{}` | `{}` | {} | {} |\n", key.name, variable_of(key.name), fallback, key.meaning);
  }
  return table;
}

bool is_flag_variable(std::string_view variable) {
  return std::ranges::any_of(flag_table,
                             [variable](const Flag& flag) { return variable_of(flag.key.name) == variable; });
}

}  // namespace dbpool
