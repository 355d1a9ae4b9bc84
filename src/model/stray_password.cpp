#include "model/stray_password.hpp"

#include <algorithm>
#include <array>

#include "model/contains.hpp"

namespace dbpool {
namespace {

constexpr auto none = std::string_view::npos;

constexpr const char* unencoded =
    "an \"@\" in its host, port, database or path (an unencoded @ or / in the password? write %40, %2F)";

constexpr const char* login_without_uri =
    "a login in what is neither a URI nor key=value pairs nor a path (a misspelled scheme, or quotes that "
    "belong "
    "to no value?)";

/// The parameters of a libpq URI whose values often hold an `@`.
constexpr std::array<std::string_view, 7> free_parameters{
    "user", "password", "sslpassword", "host", "application_name", "fallback_application_name", "options"};

bool takes_at(std::string_view key) {
  return std::ranges::find(free_parameters, key) != free_parameters.end();
}

bool is_any_key(std::string_view /*key*/) {
  return true;
}

/// Returns whether an `@` in a query may precede the true host: it is not in the value of a key that
/// `is_common` accepts, or a separator of a port, path or query follows it.
bool query_has_host(std::string_view query, bool (*is_common)(std::string_view key)) {
  while (!query.empty()) {
    const auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    const auto at = pair.find('@');
    if (at == none) continue;
    const auto equals = pair.find('=');
    if (equals > at || !is_common(pair.substr(0, equals))) return true;
    if (pair.find_first_of("@:/?#", at + 1) != none) return true;
  }
  return false;
}

struct Split {
  std::string_view before, behind;
};

/// Splits at the first of `separators`, which is in neither part.
Split split_at(std::string_view text, std::string_view separators) {
  const auto at = std::min(text.find_first_of(separators), text.size());
  return {text.substr(0, at), text.substr(std::min(at + 1, text.size()))};
}

/// Checks the text after `://`. libpq reads a login up to the first `@`, unless a `/` precedes it.
bool libpq_uri_strays(std::string_view rest) {
  const auto login_end = rest.find_first_of("@/");
  if (login_end != none && rest[login_end] == '@') rest.remove_prefix(login_end + 1);
  const auto [place, query] = split_at(rest, "?");
  return contains(place, "@") || query_has_host(query, takes_at);
}

/// Checks the text after `file:`. A file name may hold an `@`, but rarely with a colon before it.
bool file_uri_strays(std::string_view rest) {
  const auto [path, query] = split_at(rest, "?");
  const bool has_authority = path.starts_with("//");
  const auto authority = has_authority ? split_at(path.substr(2), "/").before : std::string_view();
  const bool has_login = contains(path.substr(0, path.rfind('@') + 1), ":");
  return has_login || contains(authority, "@") || split_at(query, "=").before.find('@') != none;
}

/// Returns whether a DSN that is not a URI begins with a login. In `key=value` an equals sign precedes the
/// first colon.
bool is_login(std::string_view text) {
  const bool is_path = (text.starts_with('/') && !text.starts_with("//")) || text.starts_with('.');
  const auto separator = text.find_first_of(":=");
  if (is_path || separator == none || text[separator] != ':') return false;
  return contains(text.substr(separator), "@");
}

}  // namespace

std::string stray_password_in_dsn(std::string_view dsn) {
  // Includes the colon of jdbc:postgresql://.
  constexpr std::string_view scheme_characters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-:";
  constexpr std::string_view file = "file:";
  if (dsn.starts_with(file)) return file_uri_strays(dsn.substr(file.size())) ? unencoded : "";
  const auto colon = dsn.find("://");
  const bool is_uri = colon != none && dsn.find_first_not_of(scheme_characters) == colon + 1;
  if (is_uri) return libpq_uri_strays(dsn.substr(colon + 3)) ? unencoded : "";
  return is_login(dsn) ? login_without_uri : "";
}

std::string stray_password_in_url(std::string_view url) {
  const auto scheme_end = std::min(url.find(':'), url.size());
  const auto begin = std::min(url.find_first_not_of(":/", scheme_end), url.size());
  const auto [all, fragment] = split_at(url.substr(begin), "#");
  const auto [place, query] = split_at(all, "?");
  const auto slash = std::min(place.find('/'), place.size());
  const auto [authority, path] = Split{place.substr(0, slash), place.substr(slash)};
  const bool strays = std::ranges::count(authority, '@') > 1 || contains(path, "@") ||
                      contains(fragment, "@") || (path.empty() && contains(query, "@")) ||
                      query_has_host(query, is_any_key);
  return strays ? unencoded : "";
}

}  // namespace dbpool
