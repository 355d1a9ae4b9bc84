#include "health/error_class.hpp"

#include <algorithm>
#include <array>

#include "model/contains.hpp"

namespace dbpool {
namespace {

template <std::size_t Size>
bool contains_any(std::string_view text, const std::array<std::string_view, Size>& parts) {
  return std::ranges::any_of(parts, [&](std::string_view part) { return contains(text, part); });
}

// A connect's error has the state as `FATAL:  53300: …`, a statement's as `… (53300)`.
constexpr std::array<std::string_view, 9> limits{" 53300: ",
                                                 "(53300)",
                                                 " 53400: ",
                                                 "(53400)",
                                                 "no more connections allowed",
                                                 "too many clients already",
                                                 "too many connections",
                                                 "Too many connections",
                                                 "remaining connection slots are reserved"};
// Of the client's own login; PgBouncer's words are the last.
constexpr std::array<std::string_view, 6> refused_logins{
    " 28P01: ", "(28P01)", " 28000: ", "(28000)", "password authentication failed", "auth failed"};
// PgBouncer's words, from 1.12 on.
constexpr std::array<std::string_view, 3> failed_logins{"server login has been failing",
                                                        "server login failed", "cannot connect to server"};
constexpr std::array<std::string_view, 4> starting{" 57P03: ", "(57P03)", "is starting up",
                                                   "not yet accepting connections"};
constexpr std::array<std::string_view, 4> unknown_names{"could not translate host name", "cannot look up",
                                                        "Name or service not known",
                                                        "host name was not found"};

}  // namespace

bool is_limit_error(std::string_view text) {
  return contains_any(text, limits);
}

bool is_failed_login(std::string_view text) {
  return contains_any(text, failed_logins);
}

ContactTrouble contact_trouble(std::optional<ErrorKind> kind, std::string_view text) {
  if (contains_any(text, starting)) return ContactTrouble::starting;
  if (contains_any(text, unknown_names)) return ContactTrouble::name;
  if (kind == ErrorKind::authentication || contains_any(text, refused_logins))
    return ContactTrouble::authentication;
  if (contains(text, "refused")) return ContactTrouble::refused;
  return kind == ErrorKind::timeout ? ContactTrouble::timeout : ContactTrouble::other;
}

}  // namespace dbpool
