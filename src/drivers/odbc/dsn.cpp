#include "drivers/odbc/dsn.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <initializer_list>

#include "dbpool/drivers/odbc.hpp"
#include "dbpool/model/error.hpp"
#include "drivers/redacted_line.hpp"
#include "drivers/stray_login.hpp"
#include "model/blank_ends.hpp"

namespace dbpool {
namespace {

/// Keywords of values that messages need not hide.
constexpr std::array<std::string_view, 16> plain_keywords{
    "driver",         "dsn",    "filedsn",   "server", "servername", "host",     "port",   "database", "db",
    "initialcatalog", "schema", "warehouse", "role",   "account",    "readonly", "sslmode"};
constexpr std::array<std::string_view, 5> user_keywords{"uid", "user", "username", "userid", "login"};
/// A keyword that contains one of these has a secret value.
constexpr std::array<std::string_view, 6> secret_words{"pass", "pwd", "secret", "token", "key", "credential"};
/// Shorter values of other keywords are not hidden: they reveal nothing, and hiding them would garble a
/// message.
constexpr std::size_t shortest_hidden_word = 4;

struct Pair {
  std::string keyword;  // in lower case, letters and digits only
  std::string value;    // without its braces
  bool braced = false;
};

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(ascii_blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(ascii_blanks) - begin + 1);
}

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

std::string normalized(std::string_view keyword) {
  std::string result;
  for (const char c : keyword) {
    if (is_word(c) && c != '_') result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return result;
}

bool has_secret(std::string_view keyword) {
  const std::string name = normalized(keyword);
  return std::ranges::any_of(secret_words, [&](auto word) { return name.find(word) != std::string::npos; });
}

/// Reads the pairs of a connection string, one by one.
class PairReader {
 public:
  explicit PairReader(std::string_view text) : rest_(text) {}

  /// Returns the next pair; its keyword is empty at the end and after a problem.
  Pair next() {
    rest_ = rest_.substr(std::min(rest_.find_first_not_of("; \t\r\n\v\f"), rest_.size()));
    const auto equals = rest_.find_first_of("=;");
    if (rest_.empty()) return {};
    if (equals == std::string_view::npos || rest_[equals] == ';') return fail("a part without \"=\"");
    Pair pair{normalized(rest_.substr(0, equals)), {}};
    if (pair.keyword.empty()) return fail("a value without a keyword");
    rest_ = rest_.substr(equals + 1);
    rest_ = rest_.substr(std::min(rest_.find_first_not_of(ascii_blanks), rest_.size()));
    if (rest_.starts_with('{')) return braced(std::move(pair));
    const auto end = std::min(rest_.find(';'), rest_.size());
    pair.value = trim(rest_.substr(0, end));
    rest_.remove_prefix(end);
    if (has_secret(pair.keyword) && rest_.starts_with(";;"))
      return fail("an empty part after a password (is a \";\" a piece of it? write {...})");
    return pair;
  }

  const std::string& problem() const noexcept { return problem_; }

 private:
  Pair braced(Pair pair) {
    pair.braced = true;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == '}' && !rest_.substr(i + 1).starts_with('}')) {
        rest_ = rest_.substr(i + 1);
        const bool ends = trim(rest_.substr(0, rest_.find(';'))).empty();
        return ends ? pair : fail("something between a closing brace and \";\"");
      }
      pair.value += rest_[i];
      if (rest_[i] == '}') ++i;
    }
    return fail("a brace that is not closed");
  }

  Pair fail(const char* problem) {
    problem_ = problem;
    rest_ = {};
    return {};
  }

  std::string_view rest_;
  std::string problem_;
};

struct Pairs {
  std::vector<Pair> list;
  std::string problem;

  /// Returns the value of the first of `keywords` that is present and not empty. A repeated keyword has its
  /// first value, as in ODBC.
  std::string value_of(std::initializer_list<std::string_view> keywords) const {
    for (const auto keyword : keywords) {
      const auto found = std::ranges::find(list, keyword, &Pair::keyword);
      if (found != list.end() && !found->value.empty()) return found->value;
    }
    return "";
  }
};

Pairs read_pairs(const std::string& text) {
  Pairs pairs;
  PairReader reader(text);
  for (Pair pair = reader.next(); !pair.keyword.empty(); pair = reader.next())
    pairs.list.push_back(std::move(pair));
  pairs.problem = reader.problem();
  for (const Pair& pair : pairs.list) {
    if (pairs.problem.empty()) pairs.problem = stray_login_problem(pair.keyword, pair.value);
  }
  if (text.find('\0') != std::string::npos) pairs.problem = "a zero byte";
  if (pairs.problem.empty() && pairs.value_of({"driver", "dsn", "filedsn"}).empty())
    pairs.problem = "neither a Driver nor a DSN";
  if (!pairs.problem.empty())
    pairs.problem += "; expected \"Driver={...};Server=...;UID=...;PWD={...}\" or \"DSN=...;...\"";
  return pairs;
}

/// Returns whether a value can be shown as the place of a database: it has no sign of a login.
bool is_plain_place(std::string_view value) {
  return value.find_first_of("@=") == std::string_view::npos && value.find("://") == std::string_view::npos;
}

std::string describe(const Pairs& pairs, const std::vector<std::string>& secrets) {
  const auto shown = [&](std::initializer_list<std::string_view> keywords) {
    const std::string value = pairs.value_of(keywords);
    return is_plain_place(value) ? redacted_line(value, secrets) : std::string("***");
  };
  const std::string database = shown({"database", "db", "dbq", "initialcatalog"});
  std::string server = shown({"server", "servername", "host"});
  if (const std::string port = shown({"port"}); !server.empty() && !port.empty()) server += ":" + port;
  if (!database.empty()) return "\"" + database + "\"" + (server.empty() ? "" : " at " + server);
  if (!server.empty()) return server;
  const std::string source = shown({"dsn", "filedsn"});
  return source.empty() ? "driver \"" + shown({"driver"}) + "\"" : "data source \"" + source + "\"";
}

std::string doubled_braces(const std::string& value) {
  std::string text;
  for (const char c : value) text.append(c == '}' ? 2 : 1, c);
  return text;
}

void collect_hidden(const Pairs& pairs, OdbcTarget& target) {
  for (const Pair& pair : pairs.list) {
    const auto is = [&](auto keyword) { return keyword == pair.keyword; };
    if (pair.value.empty()) continue;
    if (has_secret(pair.keyword)) {
      target.secrets.push_back(pair.value);
      if (pair.braced) target.secrets.push_back(doubled_braces(pair.value));
      continue;
    }
    const bool user = std::ranges::any_of(user_keywords, is);
    const bool unknown = std::ranges::none_of(plain_keywords, is);
    if (user || (unknown && pair.value.size() >= shortest_hidden_word)) target.words.push_back(pair.value);
  }
  for (auto* const list : {&target.secrets, &target.words}) {
    std::ranges::sort(*list, [](const auto& a, const auto& b) { return a.size() > b.size(); });
  }
}

void hide_word(std::string& text, const std::string& word) {
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at)) {
    const bool begins = at == 0 || !is_word(text[at - 1]) || !is_word(word.front());
    const auto after = at + word.size();
    const bool ends = after == text.size() || !is_word(text[after]) || !is_word(word.back());
    if (begins && ends) text.replace(at, word.size(), "***");
    at += begins && ends ? 3 : 1;
  }
}

/// Returns the position where `text` begins to quote `sql`, in whole or in part; its size if it does not.
std::size_t find_quoted(std::string_view text, std::string_view sql) {
  // A shorter statement contains no secret.
  static constexpr std::size_t telling = 8;
  if (sql.size() < telling) return text.size();
  return std::min(text.find(sql.substr(0, 2 * telling)), text.size());
}

/// Hides everything after the first keyword of a secret, since a driver may quote the connection string.
void hide_echo(std::string& text) {
  for (auto equals = text.find('='); equals != std::string::npos; equals = text.find('=', equals + 1)) {
    const auto end = text.find_last_not_of(ascii_blanks, equals == 0 ? 0 : equals - 1);
    auto begin = end == std::string::npos ? equals : end + 1;
    while (begin > 0 && is_word(text[begin - 1])) --begin;
    if (!has_secret(std::string_view(text).substr(begin, equals - begin))) continue;
    text.resize(equals + 1);
    text += "***";
    return;
  }
}

}  // namespace

std::string OdbcTarget::present(std::string_view text_of_driver, std::string_view sql) const {
  const auto quoted = find_quoted(text_of_driver, sql);
  std::string shown = redacted_line(text_of_driver.substr(0, quoted), secrets);
  if (quoted < text_of_driver.size()) shown += "***";
  for (const std::string& word : words) hide_word(shown, word);
  hide_echo(shown);
  return shown;
}

std::string odbc_dsn_problem(const Dsn& dsn) {
  return read_pairs(dsn.reveal()).problem;
}

OdbcTarget read_odbc_target(const Dsn& dsn) {
  const Pairs pairs = read_pairs(dsn.reveal());
  if (!pairs.problem.empty()) {
    throw DriverError(ErrorKind::connect, "cannot read the ODBC connection string: " + pairs.problem);
  }
  OdbcTarget target;
  target.text = dsn.reveal();
  collect_hidden(pairs, target);
  target.place = describe(pairs, target.secrets);
  const std::string database =
      pairs.value_of({"database", "db", "dbq", "initialcatalog", "dsn", "server", "servername"});
  target.info = {.driver = "odbc",
                 .database = is_plain_place(database) ? redacted_line(database, target.secrets) : "",
                 .user = pairs.value_of({"uid", "user", "username", "userid", "login"}),
                 .labels = {}};
  return target;
}

}  // namespace dbpool
