#include "drivers/postgres/dsn.hpp"

#include <charconv>
#include <new>
#include <utility>

#include "dbpool/drivers/postgres.hpp"
#include "dbpool/model/error.hpp"
#include "drivers/postgres/passfile.hpp"
#include "drivers/postgres/server.hpp"
#include "drivers/postgres/stray_password.hpp"
#include "drivers/postgres/words.hpp"
#include "drivers/stray_login.hpp"
#include "net/name_resolver.hpp"

namespace dbpool {
namespace {

using Options = std::map<std::string, std::string>;

struct FreeOptions {
  void operator()(PQconninfoOption* options) const noexcept { PQconninfoFree(options); }
};
using OptionArray = std::unique_ptr<PQconninfoOption, FreeOptions>;

Options to_map(const PQconninfoOption* option) {
  Options map;
  for (; option != nullptr && option->keyword != nullptr; ++option) {
    if (option->val != nullptr && *option->val != '\0') map.emplace(option->keyword, option->val);
  }
  return map;
}

std::string value_or(const Options& options, const std::string& key, const std::string& otherwise = "") {
  const auto found = options.find(key);
  return found == options.end() ? otherwise : found->second;
}

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> parts(1);
  for (const char c : list) {
    if (c == ',') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

bool is_port(const std::string& text) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number >= 1 && number <= 65535;
}

std::string places_problem(const Options& options) {
  if (std::string stray = stray_login_problem(options); !stray.empty()) return stray;
  const auto hosts = split(value_or(options, "host"));
  const auto addresses = split(value_or(options, "hostaddr"));
  const auto ports = split(value_or(options, "port"));
  if (options.contains("host") && options.contains("hostaddr") && hosts.size() != addresses.size()) {
    return "as many addresses in hostaddr as names in host are needed";
  }
  const std::size_t count = options.contains("hostaddr") ? addresses.size() : hosts.size();
  if (ports.size() > 1 && ports.size() != count) return "one port for all hosts or one for each is needed";
  for (const std::string& port : ports) {
    if (!port.empty() && !is_port(port)) return "a port is a number from 1 to 65535";
  }
  return "";
}

std::vector<PostgresPlace> read_places(const Options& options) {
  const auto hosts = split(value_or(options, "host"));
  const auto addresses = split(value_or(options, "hostaddr"));
  const auto ports = split(value_or(options, "port"));
  std::vector<PostgresPlace> places(std::max(hosts.size(), addresses.size()));
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (i < hosts.size()) places[i].host = hosts[i];
    if (i < addresses.size()) places[i].address = addresses[i];
    places[i].port = ports[ports.size() == 1 ? 0 : i];
    if (places[i].port.empty()) places[i].port = std::to_string(5432);
    const std::string& given = places[i].address.empty() ? places[i].host : places[i].address;
    if (given.empty() || given.front() == '/' || given.front() == '@') continue;
    if (const auto numeric = numeric_address(given)) places[i].address = *numeric;
  }
  return places;
}

/// Returns the options of a DSN merged with libpq's environment, service file and defaults. libpq merges them
/// only when it connects, so this begins a connect with a gssencmode that libpq refuses before it uses the
/// network. `keyword` always has `value`; client_encoding is UTF-8 unless the DSN sets it.
OptionArray merge(const Dsn& dsn, const char* keyword, const char* value) {
  static constexpr const char* refused = "none";
  // Of two values, the later one counts.
  const char* const keywords[] = {"client_encoding", "dbname", "gssencmode", keyword, nullptr};
  const char* const values[] = {"UTF8", dsn.reveal().c_str(), refused, value, nullptr};
  const PgHandle conn(PQconnectStartParams(keywords, values, 1));
  OptionArray array(PQconninfo(conn.get()));
  if (!array) throw std::bad_alloc();
  if (value_or(to_map(array.get()), "gssencmode") != refused) {
    throw DriverError(
        ErrorKind::connect,
        "cannot connect to PostgreSQL: the service that the connection string or PGSERVICE names is "
        "not in a readable service file");
  }
  return array;
}

std::vector<std::string> secrets_of(const PQconninfoOption* option) {
  std::vector<std::string> secrets;
  for (; option->keyword != nullptr; ++option) {
    const bool secret = option->dispchar != nullptr && *option->dispchar == '*';
    if (secret && option->val != nullptr && *option->val != '\0') secrets.emplace_back(option->val);
  }
  return secrets;
}

/// Fills in the merged options. libpq never sees a password file about which it would complain.
void read_merged(const Dsn& dsn, PostgresTarget& target) {
  const OptionArray merged = merge(dsn, "passfile", PostgresPassfile::nowhere);
  target.options = to_map(merged.get());
  target.secrets = secrets_of(merged.get());
  if (!value_or(target.options, "password").empty()) return;
  // With any password, libpq keeps the name of the file and does not read it.
  const OptionArray with_password = merge(dsn, "password", "any");
  auto [path, problem] = find_passfile(value_or(to_map(with_password.get()), "passfile"));
  target.options["passfile"] = std::move(path);
  target.passfile_problem = redacted_line(problem, target.secrets);
}

}  // namespace

bool PostgresPlace::needs_lookup() const {
  return address.empty() && !host.empty() && host.front() != '/' && host.front() != '@';
}

std::string PostgresTarget::describe() const {
  std::string where;
  std::string last;
  for (const PostgresPlace& place : places) {
    std::string name = place.host.empty() ? place.address : place.host;
    if (name.empty()) name = "the local socket";
    name += ":" + place.port;
    if (name != last) where += (where.empty() ? "" : ", ") + name;
    last = std::move(name);
  }
  return redacted_line("\"" + database + "\" at " + where + " as \"" + user + "\"", secrets);
}

std::string postgres_dsn_problem(const Dsn& dsn) {
  if (std::string stray = stray_password_problem(dsn); !stray.empty()) return stray;
  char* text = nullptr;
  const OptionArray parsed(PQconninfoParse(dsn.reveal().c_str(), &text));
  const std::unique_ptr<char, decltype(&PQfreemem)> owned(text, PQfreemem);
  if (!parsed) return explain_parse_error(text == nullptr ? "" : text, dsn.reveal());
  const Options options = to_map(parsed.get());
  std::string problem = places_problem(options);
  return problem.empty() ? option_value_problem(options) : problem;
}

bool names_a_server(const Dsn& dsn) {
  const OptionArray parsed(PQconninfoParse(dsn.reveal().c_str(), nullptr));
  const Options options = to_map(parsed.get());
  return options.contains("host") || options.contains("hostaddr") || options.contains("port");
}

std::string postgres_passfile_problem(const Dsn& dsn) {
  try {
    return read_target(dsn).passfile_problem;
  } catch (const DriverError&) {
    return "";  // another error, which is reported first
  }
}

PostgresTarget read_target(const Dsn& dsn) {
  std::string problem = postgres_dsn_problem(dsn);
  PostgresTarget target;
  if (problem.empty()) {
    read_merged(dsn, target);
    problem = places_problem(target.options);
  }
  if (!problem.empty()) {
    throw DriverError(ErrorKind::connect, "cannot read the PostgreSQL connection string: " + problem);
  }
  target.places = read_places(target.options);
  target.user = value_or(target.options, "user");
  if (target.user.empty()) {
    throw DriverError(ErrorKind::connect,
                      "cannot connect to PostgreSQL: this process's user has no name; set user=");
  }
  target.database = value_or(target.options, "dbname", target.user);
  // Encryption by Kerberos would be tried first and blocks, so it is off unless the DSN sets gssencmode. The
  // deadline replaces connect_timeout.
  const OptionArray given(PQconninfoParse(dsn.reveal().c_str(), nullptr));
  target.options["gssencmode"] = value_or(to_map(given.get()), "gssencmode", "disable");
  target.options.try_emplace("fallback_application_name", "dbpool_exporter");
  for (const char* key : {"host", "hostaddr", "port", "connect_timeout"}) target.options.erase(key);
  return target;
}

PgHandle start_libpq(const PostgresTarget& target, const std::vector<PostgresPlace>& places) {
  Options options = target.options;
  const char* separator = "";
  for (const PostgresPlace& place : places) {
    options["host"] += separator + place.host;
    options["hostaddr"] += separator + place.address;
    options["port"] += separator + place.port;
    separator = ",";
  }
  std::vector<const char*> keywords;
  std::vector<const char*> values;
  for (const auto& [keyword, value] : options) {
    keywords.push_back(keyword.c_str());
    values.push_back(value.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  PgHandle conn(PQconnectStartParams(keywords.data(), values.data(), 0));
  if (!conn) throw std::bad_alloc();
  return conn;
}

}  // namespace dbpool
