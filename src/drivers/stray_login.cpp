#include "drivers/stray_login.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "model/secret_words.hpp"

namespace dbpool {
namespace {

constexpr const char* login_within =
    "a login or a password within the host, the database or the user (a DSN in the place of one value, or "
    "pairs "
    "that are not separated?)";

/// Keywords of ODBC, in lower case, letters and digits only.
constexpr std::array<std::string_view, 6> places{"server", "servername", "host", "port", "dsn", "filedsn"};
constexpr std::array<std::string_view, 9> others{"database", "db",       "dbq",    "initialcatalog", "uid",
                                                 "user",     "username", "userid", "login"};

}  // namespace

std::string stray_login_problem(const std::map<std::string, std::string>& options) {
  for (const char* const key : {"host", "hostaddr", "dbname", "user"}) {
    const auto found = options.find(key);
    if (found == options.end()) continue;
    std::string_view value = found->second;
    const bool is_list = std::string_view(key).starts_with("host");
    if (!is_list && holds_login(value)) return login_within;
    while (is_list && !value.empty()) {
      const auto host = value.substr(0, value.find(','));
      value.remove_prefix(std::min(host.size() + 1, value.size()));
      if (holds_login(host)) return login_within;
      if (host.find('@', 1) != std::string_view::npos) return stray_at_problem;
    }
  }
  return "";
}

std::string stray_login_problem(const std::string& keyword, const std::string& value) {
  const bool is_place = std::ranges::find(places, keyword) != places.end();
  if (!is_place && std::ranges::find(others, keyword) == others.end()) return "";
  if (holds_login(value)) return login_within;
  return is_place && value.find('@') != std::string::npos ? stray_at_problem : "";
}

}  // namespace dbpool
