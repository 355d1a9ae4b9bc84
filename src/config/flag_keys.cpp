#include "config/flag_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/client_flags.hpp"
#include "config/listen_address.hpp"
#include "config/read_value.hpp"

namespace dbpool {
namespace {

using enum Variable;

void set_config_file(Flags& flags, const Value& value, Problems& problems) {
  if (const auto file = read_text(value, problems)) flags.config_file = *file;
}

void set_web_config_file(Flags& flags, const Value& value, Problems& problems) {
  if (const auto file = read_text(value, problems)) flags.web_config_file = *file;
}

void add_listen_address(WebOptions& web, const Value& value, Problems& problems) {
  const bool is_list = value.text.find(',') != std::string::npos;
  if (const auto address = parse_web_address(value.text)) {
    web.listen.push_back(*address);
  } else if (is_list) {
    problems.add(value,
                 "several addresses in one flag; allowed: the flag again for each address (only "
                 "DBPOOL_WEB_LISTEN_ADDRESS takes a list with commas)");
  } else {
    problems.reject(value, "host:port, :port, [IPv6]:port, with a port from 0 to 65535, or unix:/path");
  }
}

void set_health_address(Flags& flags, const Value& value, Problems& problems) {
  flags.web.health_listen = parse_web_address(value.text);
  const bool is_numeric = flags.web.health_listen && flags.web.health_listen->path.empty() &&
                          is_numeric_host(flags.web.health_listen->host);
  if (!is_numeric)
    problems.reject(value, "a numeric address or localhost with a port, such as 127.0.0.1:10128 or :10128");
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
  const bool taken = path == "/health" || path == "/mcp" || path.starts_with("/-/") ||
                     (path + "/").starts_with("/connections/");
  if (well_formed && !taken) {
    flags.web.telemetry_path = path;
  } else {
    problems.reject(value, "a path such as /metrics, other than /, /-/…, /health, /mcp and /connections/…");
  }
}

/// Returns whether a text is an origin as browsers send it: a scheme, a host in lower case, perhaps a port.
bool is_origin(std::string_view text) {
  const bool is_secure = text.starts_with("https://");
  if (!is_secure && !text.starts_with("http://")) return false;
  text.remove_prefix(is_secure ? 8 : 7);
  return !text.empty() &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.:[]") == std::string_view::npos;
}

void set_mcp_origins(Flags& flags, const Value& value, Problems& problems) {
  flags.web.mcp_origins.clear();
  for (const auto& item : value.items) {
    if (!is_origin(item.text)) problems.reject(item, "an origin such as https://host or https://host:8443");
    flags.web.mcp_origins.push_back(item.text);
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

/// Sets the action of a switch; if several are given, the last one in the table wins.
template <Flags::Action action>
void act(Flags& flags, const Value& value, Problems& problems) {
  if (read_switch(value, problems).value_or(false)) flags.action = action;
}

using Action = Flags::Action;
constexpr auto flag_rows = std::to_array<Flag>({
    {{"config.file", same, "", "YAML file; without it, one pool from the environment", set_config_file},
     Takes::text},
    {{"config.check", same, "", "print every problem of the configuration or OK, and exit",
      act<Action::check_config>},
     Takes::nothing},
    {{"web.listen-address", same, "0.0.0.0:10127",
      "host:port, :port, [IPv6]:port or unix:/path; repeatable (in the variable: a list with commas)",
      set_listen_addresses},
     Takes::texts},
    {{"web.systemd-socket", same, "false",
      "serve on the sockets that systemd passes; the listen addresses are then ignored",
      enable<&WebOptions::systemd_socket>},
     Takes::nothing},
    {{"web.telemetry-path", same, "/metrics", "where the metrics are", set_telemetry_path}, Takes::text},
    {{"web.config.file", same, "", "YAML file: TLS, users, headers and a rate limit", set_web_config_file},
     Takes::text},
    {{"web.health-listen-address", same, "",
      "host:port or :port; answers /-/healthy and /-/ready alone, without TLS and login", set_health_address},
     Takes::text},
    {{"web.enable-lifecycle", same, "false", "allow POST /-/reload", enable<&WebOptions::lifecycle_enabled>},
     Takes::nothing},
    {{"web.enable-admin-api", same, "false", "allow POST /connections/pools/close…",
      enable<&WebOptions::admin_api_enabled>},
     Takes::nothing},
    {{"web.enable-mcp", same, "false", "allow POST /mcp, for assistants", enable<&WebOptions::mcp_enabled>},
     Takes::nothing},
    {{"web.mcp-origin", same, "",
      "https://host or https://host:port; pages of this origin may use /mcp, besides those of this machine; "
      "repeatable (in the variable: a list with commas)",
      set_mcp_origins},
     Takes::texts},
    {{"log.level", same, "info", "debug, info, warn or error", set_log_level}, Takes::text},
    {{"log.format", same, "logfmt", "logfmt or json, on standard error", set_log_format}, Takes::text},
    {{"metrics.list", same, "", "print the metrics as a Markdown table, and exit", act<Action::list_metrics>},
     Takes::nothing},
    {{"version", same, "", "print the version, and exit", act<Action::show_version>}, Takes::nothing},
    {{"help", same, "", "print this, and exit", act<Action::show_help>}, Takes::nothing},
});

}  // namespace

std::span<const Flag> flag_keys() {
  return flag_rows;
}

std::string help_text() {
  std::string text =
      "Usage: dbpool_exporter [check] [flags]\n       dbpool_exporter status | explain [POOL] [flags]\n\n"
      "Exports the state of database connection pools to Prometheus. Commands:\n"
      "  check    read every source and open a connection of each pool, once; exit 1 if one fails\n"
      "  status   ask a running exporter how its pools are (flags: status --help)\n"
      "  explain  ask it what is wrong with them, and what to do (flags: explain --help)\n\n"
      "Flags (each also reads a variable, such as DBPOOL_LOG_LEVEL for --log.level; a flag beats it):\n";
  for (const auto& [key, takes] : flag_keys()) text += help_line(key, takes);
  return text;
}

std::string flags_markdown() {
  std::string table = "| flag | variable | default | meaning |\n|---|---|---|---|\n";
  for (const auto& [key, takes] : flag_keys()) {
    const auto fallback = key.fallback.empty() ? "" : fmt::format("`{}`", key.fallback);
    table +=
        fmt::format("| `--{}` | `{}` | {} | {} |\n", key.name, variable_of(key.name), fallback, key.meaning);
  }
  return table;
}

bool is_flag_variable(std::string_view variable) {
  const auto reads = [variable](const auto& flag) {
    return flag.key.variable == same && variable_of(flag.key.name) == variable;
  };
  return std::ranges::any_of(flag_keys(), reads) || std::ranges::any_of(client_flags(), reads);
}

}  // namespace dbpool
