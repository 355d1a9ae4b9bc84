#include "config/http_keys.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "model/blank_ends.hpp"
#include "model/stray_password.hpp"
#include "sources/http/pem_files.hpp"
#include "sources/http/url.hpp"

namespace dbpool {
namespace {

/// A key that names a file, and the content that the file must have.
struct FileKey {
  std::string_view key;
  std::optional<std::filesystem::path> HttpOptions::*file;
  std::string_view allowed;
  std::string (*problem_of)(const std::filesystem::path&);
};

/// Checks the files that the options name, and returns whether all are as they must be. Quotes no name,
/// because it may be a secret in a wrong place.
bool check_files(const HttpOptions& http, const Written& written, Problems& problems) {
  using O = HttpOptions;
  static constexpr std::string_view secret = "a readable file with one line";
  static constexpr std::string_view pem = "a readable file with certificates in PEM format";
  static constexpr auto file_keys = std::to_array<FileKey>({
      {"basic_auth.password_file", &O::password_file, secret, http_credential_problem},
      {"bearer_token_file", &O::bearer_file, secret, http_credential_problem},
      {"ca_file", &O::ca_file, pem, certificates_problem},
      {"cert_file", &O::cert_file, pem, certificates_problem},
      {"key_file", &O::key_file, "a readable file with a private key in PEM format, not encrypted",
       private_key_problem},
  });
  bool are_good = true;
  for (const auto& [key, file, allowed, problem_of] : file_keys) {
    if (!(http.*file)) continue;
    const std::string wrong = problem_of(*(http.*file));
    if (wrong.empty()) continue;
    are_good = false;
    problems.add(written.at(key), fmt::format("{}; allowed: {}", wrong, allowed));
  }
  return are_good;
}

void check_client_certificate(const HttpOptions& http, const Written& written, Problems& problems) {
  if (http.cert_file.has_value() != http.key_file.has_value()) {
    return problems.add(written.at(http.cert_file ? "cert_file" : "key_file"),
                        "incomplete; allowed: cert_file and key_file together");
  }
  if (!http.cert_file) return;
  const std::string wrong = key_pair_problem(*http.cert_file, *http.key_file);
  if (!wrong.empty()) problems.add(written.at("key_file"), wrong + "; allowed: the key of cert_file");
}

/// Rejects a user with a colon: in basic authentication the user ends at the first colon (RFC 7617).
void check_user(const HttpOptions& http, const Written& written, Problems& problems) {
  constexpr std::string_view wrong =
      "a user with a colon, which basic authentication cannot carry; allowed: one without";
  const auto has_colon = [](const std::string& user) { return user.find(':') != std::string::npos; };
  if (has_colon(http.username)) problems.add(written.at("basic_auth.username"), wrong);
  if (!http.url.empty() && has_colon(read_http_url(http.url).username))
    problems.add(written.at("url"), wrong);
}

/// Rejects options of TLS for a URL without TLS. Except ca_file, which older configurations may have there.
void check_tls_options(const HttpOptions& http, const Written& written, Problems& problems) {
  if (http.url.empty() || read_http_url(http.url).scheme == "https") return;
  for (const auto* const key : {"cert_file", "key_file", "server_name", "insecure_skip_verify"}) {
    if (written.has(key))
      problems.add(written.at(key), "not used without TLS; allowed: only with an https URL");
  }
}

void check_credentials(const HttpOptions& http, const Written& written, Problems& problems) {
  const bool has_user = written.has("basic_auth.username");
  if (has_user != written.has("basic_auth.password_file")) {
    problems.add(written.at("basic_auth"), "incomplete; allowed: username and password_file together");
  }
  if (has_user && written.has("bearer_token_file")) {
    problems.add(written.at("bearer_token_file"), "basic_auth is given as well; allowed: one of the two");
  }
  const auto is_authorization = [](const auto& one) { return is_same_header(one.name, "Authorization"); };
  if ((has_user || written.has("bearer_token_file")) && std::ranges::any_of(http.headers, is_authorization)) {
    problems.add(written.at("headers"),
                 "Authorization and basic_auth or bearer_token_file; allowed: one of them");
  }
}

}  // namespace

template <>
HttpOptions& part_of<HttpOptions>(SourceConfig& source) {
  HttpOptions* http = nullptr;
  std::visit(
      [&http](auto& options) {
        if constexpr (requires { options.http; }) http = &options.http;
      },
      source.options);
  return *http;
}

void set_http_url(SourceConfig& source, const Value& value, Problems& problems) {
  const auto url = read_text(value, problems);
  if (!url) return;
  const std::string stray = stray_password_in_url(*url);
  if (!http_url_problem(*url).empty()) {
    return problems.add(value, fmt::format("not an HTTP URL{}; allowed: http://host… or https://host…",
                                           stray.empty() ? "" : ": " + stray));
  }
  part_of<HttpOptions>(source).url = *url;
}

/// Quotes neither a name nor a value, as either may be a secret.
void set_http_headers(SourceConfig& source, const Value& value, Problems& problems) {
  if (value.kind == Value::Kind::broken) return;
  if (value.kind != Value::Kind::mapping)
    return problems.add(value, "no headers; allowed: a mapping of names to values");
  auto& headers = part_of<HttpOptions>(source).headers;
  for (const auto& [name, line, written] : value.members) {
    if (written.kind == Value::Kind::broken) continue;
    if (written.kind != Value::Kind::text) {
      problems.add(line, value.path,
                   "a header without a text as its value; allowed: headers such as X-Scope: value");
      continue;
    }
    HttpHeader header{name, std::string(without_blank_ends(written.text))};
    const auto is_same = [&header](const auto& one) { return is_same_header(one.name, header.name); };
    std::string wrong = http_header_problem(header);
    if (wrong.empty() && std::ranges::any_of(headers, is_same)) wrong = "a header that is there already";
    if (!wrong.empty()) {
      problems.add(line, value.path, wrong + "; allowed: headers such as X-Scope: value, each once");
    } else {
      headers.push_back(std::move(header));
    }
  }
}

void set_server_name(SourceConfig& source, const Value& value, Problems& problems) {
  const auto name = read_text(value, problems);
  if (!name) return;
  constexpr std::string_view characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
  if (name->find_first_not_of(characters) != std::string::npos)
    return problems.reject(value, "a host name or an IPv4 address");
  part_of<HttpOptions>(source).server_name = *name;
}

void check_http(const HttpOptions& http, const Written& written, Problems& problems) {
  if (check_files(http, written, problems)) check_client_certificate(http, written, problems);
  check_user(http, written, problems);
  check_tls_options(http, written, problems);
  if (!written.has("url")) problems.add(written.mapping(), "url is missing; allowed: an http or https URL");
  check_credentials(http, written, problems);
}

}  // namespace dbpool
