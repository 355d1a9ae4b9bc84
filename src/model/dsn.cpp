#include "dbpool/model/dsn.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "model/blank_ends.hpp"
#include "model/contains.hpp"
#include "model/secret_words.hpp"

// `redacted` shows only parts that are known to be harmless: the values of known keys, and well-formed parts
// of a URI. A known secret shows as `key=***`. From the first other part on, the rest is one `***`, because
// it may be the rest of a password with a stray `&`, `;`, `@` or space.

namespace dbpool {
namespace {

constexpr std::string_view hidden = "***";

constexpr std::array<std::string_view, 19> secret_keys{
    "password",   "sslpassword", "passwd",       "passphrase",       "pass",
    "pwd",        "key",         "hexkey",       "textkey",          "secret",
    "token",      "accesstoken", "authtoken",    "apikey",           "privatekey",
    "privkeypwd", "passcode",    "priv_key_pwd", "priv_key_file_pwd"};

constexpr std::array<std::string_view, 79> harmless_keys{
    // libpq
    "host", "hostaddr", "port", "dbname", "user", "passfile", "channel_binding", "connect_timeout",
    "client_encoding", "options", "application_name", "fallback_application_name", "keepalives",
    "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout", "replication",
    "gssencmode", "sslmode", "requiressl", "sslcompression", "sslcert", "sslkey", "sslrootcert", "sslcrl",
    "sslcrldir", "sslsni", "requirepeer", "ssl_min_protocol_version", "ssl_max_protocol_version",
    "krbsrvname", "gsslib", "service", "target_session_attrs", "require_auth", "load_balance_hosts",
    "gssdelegation", "sslnegotiation", "ssl",
    // SQLite
    "mode", "cache", "vfs", "immutable", "nolock", "psow",
    // ODBC
    "driver", "dsn", "filedsn", "server", "servername", "database", "db", "uid", "userid", "username",
    "socket", "schema", "warehouse", "role", "account", "encrypt", "trustservercertificate",
    "trusted_connection", "timeout", "readonly", "dbq", "nocreat", "initialcatalog", "tds_version",
    "clientcharset", "applicationintent", "multisubnetfailover", "logintimeout", "connectiontimeout",
    "authenticator", "priv_key_file", "application", "app"};

/// Returns whether the text holds no DSN and no secret.
bool is_harmless(std::string_view text) {
  return !holds_login(text) && !contains(text, "=") && !speaks_of_secret(text);
}

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(ascii_blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(ascii_blanks) - begin + 1);
}

/// Appends `key=value` with a secret hidden. Returns false if the rest of the DSN must be hidden.
bool append_pair(std::string& shown, std::string_view key, std::string_view value) {
  const auto name = normalized_key(key);
  const bool harmless_key = std::ranges::find(harmless_keys, name) != harmless_keys.end();
  if (!harmless_key && std::ranges::find(secret_keys, name) == secret_keys.end()) {
    shown += hidden;
    return false;
  }
  shown += key;
  shown += '=';
  shown += harmless_key && (name == "passfile" || is_harmless(value)) ? value : hidden;
  return true;
}

/// Returns whether the text is hosts and ports, separated by commas. A port that is not a number may be a
/// password without its host.
bool are_hosts(std::string_view hosts) {
  while (!hosts.empty()) {
    auto host = hosts.substr(0, hosts.find(','));
    hosts.remove_prefix(std::min(host.size() + 1, hosts.size()));
    if (host.starts_with('[')) host.remove_prefix(std::min(host.find(']'), host.size()));
    const auto colon = host.find(':');
    if (colon == std::string_view::npos) continue;
    if (host.find_first_not_of("0123456789", colon + 1) != std::string_view::npos) return false;
  }
  return true;
}

/// Redacts `user:password@host:port`; nullopt if it is malformed.
std::optional<std::string> redact_authority(std::string_view authority) {
  const auto at = authority.find('@');
  const auto hosts = at == std::string_view::npos ? authority : authority.substr(at + 1);
  if (contains(hosts, "@") || !are_hosts(hosts) || !is_harmless(hosts)) return std::nullopt;
  if (at == std::string_view::npos) return std::string(hosts);
  const auto user = authority.substr(0, std::min(at, authority.find(':')));
  std::string shown(is_harmless(user) ? user : hidden);
  if (user.size() < at) shown += ":" + std::string(hidden);
  return shown + "@" + std::string(hosts);
}

std::string redact_query(std::string_view query) {
  std::string shown;
  while (!query.empty()) {
    const auto pair = query.substr(0, query.find('&'));
    const auto equals = pair.find('=');
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    shown += shown.empty() ? "?" : "&";
    if (equals == std::string_view::npos) return shown + std::string(hidden);
    if (!append_pair(shown, pair.substr(0, equals), pair.substr(equals + 1))) break;
  }
  return shown;
}

/// Redacts a URI. `rest` follows the scheme; it begins with an authority if the scheme ends with `://`.
std::string redact_uri(std::string_view scheme, std::string_view rest) {
  const auto after_authority = std::min(rest.find_first_of("/?#"), rest.size());
  const auto question = std::min(rest.find('?'), rest.size());
  const bool has_authority = scheme.ends_with("://");
  const auto path_begin = has_authority ? after_authority : 0;
  const auto path = rest.substr(path_begin, question - std::min(path_begin, question));
  const auto authority = redact_authority(rest.substr(0, path_begin));
  std::string shown(scheme);
  if (!authority || contains(rest.substr(path_begin), "@")) return shown + std::string(hidden);
  shown += *authority;
  if (!is_harmless(path) || path.find_first_of(":;#") != std::string_view::npos)
    return shown + std::string(hidden);
  return shown + std::string(path) + redact_query(rest.substr(std::min(question + 1, rest.size())));
}

/// Returns the length of the libpq value at the start of `text`; npos if its quote is not closed.
std::size_t libpq_value_length(std::string_view text) {
  const bool quoted = text.starts_with('\'');
  for (std::size_t i = quoted ? 1 : 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (quoted && text[i] == '\'') {
      return i + 1;
    } else if (!quoted && ascii_blanks.find(text[i]) != std::string_view::npos) {
      return i;
    }
  }
  return quoted ? std::string_view::npos : text.size();
}

/// Redacts `host=db password='a b' …`.
std::string redact_libpq(std::string_view text) {
  std::string shown;
  while (!(text = trim(text)).empty()) {
    if (!shown.empty()) shown += ' ';
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) return shown + std::string(hidden);
    const auto key = trim(text.substr(0, equals));
    text = trim(text.substr(equals + 1));
    const auto length = libpq_value_length(text);
    const bool ends = length != std::string_view::npos &&
                      (length >= text.size() || ascii_blanks.find(text[length]) != std::string_view::npos);
    const bool known = key.find_first_of(ascii_blanks) == std::string_view::npos;
    if (!ends || !known) return shown + std::string(hidden);
    if (!append_pair(shown, key, text.substr(0, length))) break;
    text.remove_prefix(std::min(length, text.size()));
  }
  return shown;
}

/// Returns the length of the ODBC value at the start of `text`; npos if its brace is not closed.
std::size_t odbc_value_length(std::string_view text) {
  const auto begin = std::min(text.find_first_not_of(ascii_blanks), text.size());
  if (!text.substr(begin).starts_with('{')) return std::min(text.find(';'), text.size());
  for (std::size_t i = begin + 1; i < text.size(); ++i) {
    if (text[i] != '}') continue;
    if (!text.substr(i + 1).starts_with('}')) return i + 1;
    ++i;
  }
  return std::string_view::npos;
}

/// Returns whether the text is an ODBC string, which may be a single pair.
bool is_odbc(std::string_view text) {
  const auto first = normalized_key(text.substr(0, text.find('=')));
  return contains(text, ";") || first == "driver" || first == "dsn" || first == "filedsn";
}

/// Redacts `Driver={PostgreSQL Unicode};Server=db;PWD={a;b};…`.
std::string redact_odbc(std::string_view text) {
  std::string shown;
  while (!trim(text).empty()) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) return shown + std::string(hidden);
    const auto key = trim(text.substr(0, equals));
    text.remove_prefix(equals + 1);
    const auto length = odbc_value_length(text);
    if (length == std::string_view::npos) return shown + std::string(hidden);
    const auto value = trim(text.substr(0, length));
    const bool plain = !value.starts_with('{');
    // A brace inside a plain value may end a badly quoted password.
    if (plain && contains(value, "}")) return shown + std::string(hidden);
    if (!append_pair(shown, key, value)) break;
    text.remove_prefix(length);
    if (!text.empty() && text[0] != ';') return shown + std::string(hidden);
    if (!text.empty()) shown += ';';
    // With an equals sign in it, this may be a libpq string whose password holds the semicolon.
    if (plain && contains(value, "=") && !text.empty()) return shown + std::string(hidden);
    text.remove_prefix(std::min<std::size_t>(1, text.size()));
  }
  return shown;
}

/// Returns whether an odd number of backslashes ends the text, which escapes a following blank.
bool ends_in_escape(std::string_view text) {
  return (text.size() - (text.find_last_not_of('\\') + 1)) % 2 == 1;
}

}  // namespace

Dsn::Dsn(std::string text) : text_(without_blank_ends(text)) {
  const auto end = text.find(text_) + text_.size();
  const bool was_escaped = end < text.size() && (text[end] == ' ' || text[end] == '\t');
  if (!text_.empty() && was_escaped && ends_in_escape(text_)) text_ += text[end];
}

std::string Dsn::redacted() const {
  constexpr std::string_view scheme_characters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-";
  const auto text = trim(text_);
  if (text.starts_with("file:")) return redact_uri("file:", text.substr(5));
  const auto colon = text.find("://");
  if (colon != std::string_view::npos && text.find_first_not_of(scheme_characters) == colon) {
    return redact_uri(text.substr(0, colon + 3), text.substr(colon + 3));
  }
  if (contains(text, "=")) return is_odbc(text) ? redact_odbc(text) : redact_libpq(text);
  const bool is_plain = text.find_first_of("@:;") == std::string_view::npos &&
                        (text.starts_with('/') || text.starts_with('.') || !speaks_of_secret(text));
  const bool is_path = is_plain || text == ":memory:";
  return std::string(is_path ? text : hidden);
}

}  // namespace dbpool
