#include "config/web_keys.hpp"

#include <fmt/format.h>
#include <strings.h>

#include <algorithm>
#include <array>

#include "config/key_setters.hpp"
#include "config/read_users.hpp"
#include "config/read_value.hpp"
#include "dbpool/model/error.hpp"
#include "model/secret_file.hpp"
#include "tls/go_names.hpp"

namespace dbpool {
namespace {

using Words = std::span<const std::string_view>;

template <std::string TlsOptions::*part>
void pem(WebFile& web, const Value& value, Problems& problems) {
  if (auto text = read_text(value, problems)) web.tls.*part = *std::move(text);
}

template <std::string TlsOptions::*part>
void pem_file(WebFile& web, const Value& value, Problems& problems) {
  const auto name = read_text(value, problems);
  if (!name) return;
  const auto file = web.directory / *name;
  web.config.files.push_back(stamp_of(file));
  try {
    web.tls.*part = read_secret_file(file, "it");
  } catch (const Error& error) {
    problems.add(value,
                 fmt::format("{}; allowed: a readable file of at most 64 KiB in PEM format", error.what()));
  }
}

void set_client_auth(WebFile& web, const Value& value, Problems& problems) {
  using enum ClientAuth;
  constexpr auto words = std::to_array<std::string_view>({"NoClientCert", "RequestClientCert",
                                                          "RequireAnyClientCert", "VerifyClientCertIfGiven",
                                                          "RequireAndVerifyClientCert", "RequireClientCert"});
  constexpr std::array meanings{none, request, require_any, verify_if_given, require_and_verify, require_any};
  if (const auto i = read_word(value, words, problems)) web.tls.client_auth = meanings.at(*i);
}

template <TlsVersion TlsOptions::*version>
void set_version(WebFile& web, const Value& value, Problems& problems) {
  constexpr auto words = std::to_array<std::string_view>({"TLS10", "TLS11", "TLS12", "TLS13"});
  if (const auto i = read_word(value, words, problems)) web.tls.*version = static_cast<TlsVersion>(*i);
}

/// Reads a list of texts; with `words`, each must be one of them.
void read_list(const Value& value, Words words, std::vector<std::string>& into, Problems& problems) {
  if (value.kind == Value::Kind::null || value.kind == Value::Kind::broken) return;
  if (value.kind != Value::Kind::list) return problems.reject(value, "a list");
  for (const Value& item : value.items) {
    const auto text = read_text(item, problems);
    if (!text) continue;
    if (words.empty() || std::ranges::find(words, *text) != words.end()) {
      into.push_back(*text);
    } else {
      problems.reject(item, enumerate(words));
    }
  }
}

void set_sans(WebFile& web, const Value& value, Problems& problems) {
  read_list(value, {}, web.tls.client_sans, problems);
}

void set_ciphers(WebFile& web, const Value& value, Problems& problems) {
  read_list(value, go_cipher_suites(), web.tls.cipher_suites, problems);
}

void set_curves(WebFile& web, const Value& value, Problems& problems) {
  read_list(value, go_curves(), web.tls.curves, problems);
}

void set_preference(WebFile& web, const Value& value, Problems& problems) {
  if (const auto own = read_switch(value, problems)) web.tls.prefers_own_ciphers = *own;
}

/// Accepts the value, which has no effect: there is no HTTP/2.
void accept_http2(WebFile& /*web*/, const Value& value, Problems& problems) {
  static_cast<void>(read_switch(value, problems));
}

/// A header that an answer may be given, and its values; none = any.
struct AllowedHeader {
  std::string_view name;
  std::array<std::string_view, 2> values = {};
};

constexpr auto allowed_headers = std::to_array<AllowedHeader>({
    {"Content-Security-Policy"},
    {"Strict-Transport-Security"},
    {"X-Content-Type-Options", {"nosniff"}},
    {"X-Frame-Options", {"deny", "sameorigin"}},
    {"X-XSS-Protection"},
});

bool is_printable(const std::string& text) {
  constexpr char first = ' ', last = '~';
  return std::ranges::all_of(text, [](char c) { return c >= first && c <= last; });
}

void read_header(const Value::Member& member, std::vector<Header>& into, Problems& problems) {
  const auto is_it = [&](const AllowedHeader& header) { return is_word(member.key, header.name); };
  const auto* const header = std::ranges::find_if(allowed_headers, is_it);
  const auto text = read_text(member.value, problems);
  if (!text) return;
  if (!is_printable(*text)) return problems.add(member.value, "not one line of ASCII; allowed: one");
  Words values = header->values;
  while (!values.empty() && values.back().empty()) values = values.first(values.size() - 1);
  const auto is_the_value = [&](std::string_view value) { return is_word(*text, value); };
  if (!values.empty() && std::ranges::none_of(values, is_the_value))
    return problems.reject(member.value, enumerate(values));
  // Every answer has it anyway.
  if (header->name != "X-Content-Type-Options") into.push_back({std::string(header->name), *text});
}

void set_headers(WebFile& web, const Value& value, Problems& problems) {
  std::vector<std::string_view> names;
  for (const auto& header : allowed_headers) names.push_back(header.name);
  check_keys(value, names, problems);
  for (const auto& member : value.members) {
    if (std::ranges::find(names, member.key) != names.end())
      read_header(member, web.config.headers, problems);
  }
}

void set_users(WebFile& web, const Value& value, Problems& problems) {
  read_users(value, web.config.users, problems);
}

void set_interval(WebFile& web, const Value& value, Problems& problems) {
  constexpr Duration longest = std::chrono::hours(24);
  const auto interval = read_duration(value, Duration(0), problems);
  if (!interval) return;
  if (*interval > longest) return problems.add(value, "longer than a day; allowed: 0 to 24h");
  web.config.rate_limit.interval = *interval;
}

void set_burst(WebFile& web, const Value& value, Problems& problems) {
  constexpr unsigned most = 1'000'000;
  if (const auto burst = read_whole(value, {1, most}, problems)) web.config.rate_limit.burst = *burst;
}

using enum Variable;
using T = TlsOptions;
constexpr auto rows = std::to_array<Key<WebFile>>({
    {"tls_server_config.cert", none, "", "the certificate in PEM format, and those that lead to a root",
     pem<&T::certificate>},
    {"tls_server_config.cert_file", none, "", "the same, in a file", pem_file<&T::certificate>},
    {"tls_server_config.key", none, "", "its key in PEM format, not encrypted", pem<&T::key>},
    {"tls_server_config.key_file", none, "", "the same, in a file", pem_file<&T::key>},
    {"tls_server_config.client_ca", none, "", "the roots of clients' certificates, in PEM format",
     pem<&T::client_ca>},
    {"tls_server_config.client_ca_file", none, "", "the same, in a file", pem_file<&T::client_ca>},
    {"tls_server_config.client_auth_type", none, "NoClientCert",
     "NoClientCert, RequestClientCert, RequireAnyClientCert (or RequireClientCert), VerifyClientCertIfGiven, "
     "RequireAndVerifyClientCert",
     set_client_auth},
    {"tls_server_config.client_allowed_sans", none, "",
     "names, addresses or URIs; a client's certificate must have one", set_sans},
    {"tls_server_config.min_version", none, "TLS12",
     "TLS10 to TLS13; OpenSSL itself refuses those below TLS12", set_version<&T::min_version>},
    {"tls_server_config.max_version", none, "TLS13", "TLS10 to TLS13", set_version<&T::max_version>},
    {"tls_server_config.cipher_suites", none, "", "Go's names of secure suites; none = all of them",
     set_ciphers},
    {"tls_server_config.prefer_server_cipher_suites", none, "true", "false: the client's order counts",
     set_preference},
    {"tls_server_config.curve_preferences", none, "", "CurveP256, CurveP384, CurveP521, X25519", set_curves},
    {"http_server_config.http2", none, "true", "accepted, without effect: there is no HTTP/2", accept_http2},
    {"http_server_config.headers", none, "",
     "Content-Security-Policy, Strict-Transport-Security, X-Content-Type-Options, X-Frame-Options, "
     "X-XSS-Protection of every answer",
     set_headers},
    {"basic_auth_users", none, "", "who may send requests: name to bcrypt hash, with a cost of 4 to 15",
     set_users},
    {"rate_limit.interval", none, "0", "one request each; 0 = no limit", set_interval},
    {"rate_limit.burst", none, "", "how many requests at once, after a pause; needed with an interval",
     set_burst},
});

}  // namespace

std::span<const Key<WebFile>> web_keys() {
  return rows;
}

std::string web_keys_markdown() {
  std::string table = "| key | default | meaning |\n|---|---|---|\n";
  for (const auto& key : rows) {
    const auto fallback = key.fallback.empty() ? "" : fmt::format("`{}`", key.fallback);
    table += fmt::format("| `{}` | {} | {} |\n", key.name, fallback, key.meaning);
  }
  return table;
}

}  // namespace dbpool
