#include "drivers/postgres/words.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "model/ascii.hpp"

namespace dbpool {
namespace {

constexpr std::string_view form =
    "; expected \"host=... dbname=... user=...\" or \"postgresql://user@host/database\"";

struct ForeignWord {
  std::string_view word;    ///< in lower case
  std::string_view advice;  ///< what to write instead
};

constexpr std::string_view leave_out = "leave it out";
constexpr std::string_view as_option =
    "leave it out, or set it by options=-cNAME=VALUE or for the role at the server";
constexpr std::string_view search_path =
    "leave it out, or set the search_path by options=-csearch_path=NAME or for the role at the server";
constexpr std::string_view ssl =
    "write sslmode=require or another sslmode; of ssl, libpq knows only ssl=true, in a URI";
constexpr std::string_view lower_case = "libpq's keywords are in lower case and separated by blanks";

/// Parameters that other drivers, frameworks and poolers accept in a connection string.
constexpr auto foreign_words = std::to_array<ForeignWord>({
    // Prisma, node-postgres
    {"schema", search_path},
    {"pgbouncer", leave_out},
    {"connection_limit", leave_out},
    {"pool_timeout", leave_out},
    {"socket_timeout", leave_out},
    {"statement_cache_size", leave_out},
    {"sslaccept", ssl},
    {"sslidentity", "write sslcert and sslkey"},
    {"ssl", ssl},
    {"rejectunauthorized", ssl},
    {"uselibpqcompat", leave_out},
    {"max", leave_out},
    {"idletimeoutmillis", leave_out},
    {"connectiontimeoutmillis", leave_out},
    // JDBC
    {"currentschema", search_path},
    {"logintimeout", leave_out},
    {"connecttimeout", leave_out},
    {"sockettimeout", leave_out},
    {"canceltimeout", leave_out},
    {"preparethreshold", leave_out},
    {"preferquerymode", leave_out},
    {"defaultrowfetchsize", leave_out},
    {"rewritebatchedinserts", leave_out},
    {"stringtype", leave_out},
    {"binarytransfer", leave_out},
    {"applicationname", "write application_name"},
    {"targetservertype", "write target_session_attrs"},
    {"loadbalancehosts", leave_out},
    {"tcpkeepalive", "write keepalives=1"},
    {"readonly", leave_out},
    {"sslfactory", ssl},
    {"serverversion", leave_out},
    {"assumeminserverversion", leave_out},
    // .NET
    {"server", "write host"},
    {"database", "write dbname"},
    {"db", "write dbname"},
    {"username", "write user"},
    {"userid", "write user"},
    {"uid", "write user"},
    {"pwd", "write password"},
    {"pooling", leave_out},
    {"timeout", leave_out},
    // Python, Ruby, PHP, Elixir
    {"charset", "write client_encoding"},
    {"encoding", "write client_encoding"},
    {"adapter", leave_out},
    {"pool", leave_out},
    {"pool_size", leave_out},
    {"pool_recycle", leave_out},
    {"pool_pre_ping", leave_out},
    {"max_overflow", leave_out},
    {"min_size", leave_out},
    {"max_size", leave_out},
    {"conn_max_age", leave_out},
    {"command_timeout", leave_out},
    {"server_settings", as_option},
    {"prepared_statements", leave_out},
    {"prepared_statement_cache_size", leave_out},
    {"async_fallback", leave_out},
    {"checkout_timeout", leave_out},
    {"reaping_frequency", leave_out},
    {"variables", as_option},
    {"schema_search_path", search_path},
    {"sslkeypassword", "write sslpassword"},
    // Go, Rust
    {"pool_max_conns", leave_out},
    {"pool_min_conns", leave_out},
    {"pool_max_conn_lifetime", leave_out},
    {"pool_max_conn_idle_time", leave_out},
    {"pool_health_check_period", leave_out},
    {"default_query_exec_mode", leave_out},
    {"statement_cache_capacity", leave_out},
    {"statement_cache_mode", leave_out},
    {"description_cache_capacity", leave_out},
    {"binary_parameters", leave_out},
    {"prefer_simple_protocol", leave_out},
    {"statement-cache-capacity", leave_out},
    // settings of the server, which some drivers accept as parameters
    {"search_path", as_option},
    {"statement_timeout", as_option},
    {"lock_timeout", as_option},
    {"idle_in_transaction_session_timeout", as_option},
    {"idle_session_timeout", as_option},
    {"timezone", as_option},
    {"datestyle", as_option},
    {"role", as_option},
    // libpq's own, in another case
    {"host", lower_case},
    {"port", lower_case},
    {"dbname", lower_case},
    {"user", lower_case},
    {"password", lower_case},
    {"sslmode", lower_case},
});

std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), ascii_lower);
  return lower;
}

/// Returns the keyword between the last two quotes of an error if it is a known one, else nullptr.
const ForeignWord* find_foreign(std::string_view parser_text) {
  const auto last = parser_text.rfind('"');
  if (last == std::string_view::npos || last == 0) return nullptr;
  const auto first = parser_text.rfind('"', last - 1);
  if (first == std::string_view::npos) return nullptr;
  const auto word = in_lower_case(parser_text.substr(first + 1, last - first - 1));
  const auto* const found = std::ranges::find(foreign_words, std::string_view(word), &ForeignWord::word);
  return found == foreign_words.end() ? nullptr : found;
}

/// Returns whether `dsn` begins as a URI of another scheme does.
bool has_other_scheme(std::string_view dsn) {
  const auto scheme = dsn.substr(0, dsn.find("://"));
  constexpr std::string_view characters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.:";
  return scheme.size() < dsn.size() && !scheme.empty() &&
         scheme.find_first_not_of(characters) == std::string_view::npos && scheme != "postgresql" &&
         scheme != "postgres";
}

std::string unknown_parameter(std::string_view parser_text, std::string_view otherwise) {
  const ForeignWord* const foreign = find_foreign(parser_text);
  if (foreign == nullptr) {
    return std::string(otherwise) +
           "; expected libpq's own, such as host, dbname, user, sslmode, application_name and options";
  }
  return "libpq does not know the parameter \"" + std::string(foreign->word) +
         "\": " + std::string(foreign->advice);
}

/// The words that libpq accepts for an option; their case matters.
struct Words {
  std::string_view option;
  std::string_view allowed;  ///< separated by ", "
};

constexpr auto enumerated = std::to_array<Words>({
    {"sslmode", "disable, allow, prefer, require, verify-ca, verify-full"},
    {"gssencmode", "disable, prefer, require"},
    {"channel_binding", "disable, prefer, require"},
    {"target_session_attrs", "any, read-write, read-only, primary, standby, prefer-standby"},
    {"sslnegotiation", "postgres, direct"},
    {"sslcertmode", "disable, allow, require"},
    {"load_balance_hosts", "disable, random"},
});

constexpr std::array<std::string_view, 5> numeric{"keepalives", "keepalives_idle", "keepalives_interval",
                                                  "keepalives_count", "tcp_user_timeout"};

bool is_among(std::string_view list, std::string_view word) {
  constexpr std::string_view separator = ", ";
  while (!list.empty()) {
    const auto one = list.substr(0, list.find(separator));
    if (one == word) return true;
    list.remove_prefix(std::min(one.size() + separator.size(), list.size()));
  }
  return false;
}

bool is_number(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::string explain_parse_error(std::string_view parser_text, std::string_view dsn) {
  static constexpr std::array<std::pair<std::string_view, const char*>, 3> meanings{{
      {"missing \"=\"", "a word without \"=\""},
      {"unterminated quoted", "a quote that is not closed"},
      {"percent-encoded", "a malformed percent-encoding"},
  }};
  const auto says = [parser_text](std::string_view text) {
    return parser_text.find(text) != std::string_view::npos;
  };
  if (in_lower_case(dsn.substr(0, 5)) == "jdbc:")
    return "a URL of JDBC; expected \"postgresql://user@host/database\", without \"jdbc:\"";
  if (has_other_scheme(dsn))
    return "a URI whose scheme is neither \"postgresql://\" nor \"postgres://\", in lower case";
  if (says("invalid connection option"))
    return unknown_parameter(parser_text, "a keyword that libpq does not know");
  if (says("invalid URI query parameter"))
    return unknown_parameter(parser_text, "a URI parameter that libpq does not know");
  for (const auto& [text, meaning] : meanings) {
    if (says(text)) return meaning + std::string(form);
  }
  return "not of this form" + std::string(form);
}

std::string option_value_problem(const std::map<std::string, std::string>& options) {
  for (const auto& [option, allowed] : enumerated) {
    const auto found = options.find(std::string(option));
    if (found == options.end() || is_among(allowed, found->second)) continue;
    std::string problem(option);
    problem += found->second == "no-verify"
                   ? "=no-verify is not known to libpq (of its words, require encrypts without verifying)"
                   : " has a value that libpq does not know";
    return problem + "; expected one of " + std::string(allowed);
  }
  for (const auto option : numeric) {
    const auto found = options.find(std::string(option));
    if (found != options.end() && !is_number(found->second))
      return std::string(option) + " is not a whole number";
  }
  return "";
}

}  // namespace dbpool
