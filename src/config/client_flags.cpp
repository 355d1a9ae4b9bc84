#include "config/client_flags.hpp"

#include <fmt/format.h>

#include "config/read_value.hpp"

namespace dbpool {
namespace {

/// Returns whether the text is a URL of HTTP without a login, a query and a fragment.
bool is_plain_url(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!text.starts_with(scheme)) continue;
    const auto rest = text.substr(scheme.size());
    return !rest.empty() && !rest.starts_with('/') && rest.find_first_of("@?# ") == std::string_view::npos;
  }
  return false;
}

void set_url(ClientOptions& options, const Value& value, Problems& problems) {
  constexpr std::string_view unix_scheme = "unix:";
  std::string url = value.text;
  const bool is_socket = url.starts_with(unix_scheme);
  if (is_socket ? url.size() == unix_scheme.size() : !is_plain_url(url)) {
    problems.reject(value,
                    "http://host:port or https://host:port, with the path of a proxy if there is one, or "
                    "unix:PATH; a login goes to --user and --password-file");
    options.url.clear();
    return;
  }
  while (!is_socket && url.ends_with('/')) url.pop_back();
  options.url = std::move(url);
}

void set_output(ClientOptions& options, const Value& value, Problems& problems) {
  constexpr std::array<std::string_view, 2> outputs{"table", "json"};
  if (const auto i = read_word(value, outputs, problems))
    options.output = static_cast<ClientOptions::Output>(*i);
}

template <std::filesystem::path ClientOptions::*field>
void set_path(ClientOptions& options, const Value& value, Problems& problems) {
  if (const auto path = read_text(value, problems)) options.*field = *path;
}

void set_user(ClientOptions& options, const Value& value, Problems& problems) {
  if (const auto user = read_text(value, problems)) options.user = *user;
}

void ask_for_help(ClientOptions& options, const Value& value, Problems& problems) {
  options.asks_for_help = read_switch(value, problems).value_or(false);
}

using enum Variable;
constexpr auto client_rows = std::to_array<FlagOf<ClientOptions>>({
    {{"url", same, "http://localhost:10127", "the exporter, over http, https or a socket: unix:PATH",
      set_url}},
    {{"output", none, "table", "table, or json for scripts", set_output}},
    {{"ca-file", none, "", "PEM file with the authority of the exporter's certificate",
      set_path<&ClientOptions::ca_file>}},
    {{"cert-file", none, "", "PEM file with a client certificate", set_path<&ClientOptions::cert_file>}},
    {{"key-file", none, "", "PEM file with its key", set_path<&ClientOptions::key_file>}},
    {{"user", none, "", "user of the exporter's basic authentication", set_user}},
    {{"password-file", none, "", "file with that user's password", set_path<&ClientOptions::password_file>}},
    {{"help", none, "", "print this, and exit", ask_for_help}, Takes::nothing},
});

}  // namespace

std::span<const FlagOf<ClientOptions>> client_flags() {
  return client_rows;
}

std::string client_help_text(ClientOptions::Command command) {
  const bool explains = command == ClientOptions::Command::explain;
  std::string text = fmt::format(
      "Usage: dbpool_exporter {}\n\nAsks a running exporter {}.\nThe exit code is 0 if all is healthy, 1 if "
      "something is not, 2 for a wrong usage,\nand 3 without an answer.\n\nFlags (--url also reads "
      "DBPOOL_URL):\n",
      explains ? "explain [POOL] [flags]" : "status [flags]",
      explains ? "what is wrong with its pools or with one, and what to do"
               : "how its pools are: a line for each, worst first");
  for (const auto& [key, takes] : client_flags()) text += help_line(key, takes);
  return text;
}

void check_pairs(const ClientOptions& options, Problems& problems) {
  if (options.cert_file.empty() != options.key_file.empty())
    problems.add(0, "--cert-file", "allowed: together with --key-file only");
  if (options.user.empty() != options.password_file.empty())
    problems.add(0, "--user", "allowed: together with --password-file only");
  if (options.uses_tls() && options.url.starts_with("http://"))
    problems.add(0, "--url",
                 "http:// is without TLS; allowed: https:// with --ca-file, --cert-file or --key-file");
}

}  // namespace dbpool
