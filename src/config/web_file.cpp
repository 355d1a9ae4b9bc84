#include "config/web_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "config/config.hpp"
#include "config/load.hpp"
#include "config/parse_yaml.hpp"
#include "config/web_keys.hpp"

namespace dbpool {
namespace {

std::string key_of(std::string_view name) {
  return fmt::format("tls_server_config.{}", name);
}

/// Returns the place of one of two keys that give the same; nullptr = neither is written.
const Value* place_of(const Written& written, std::string_view name) {
  for (const std::string& key : {key_of(name), key_of(name) + "_file"}) {
    if (written.has(key)) return &written.at(key);
  }
  return nullptr;
}

std::string_view name_of(TlsPart part) {
  switch (part) {
    case TlsPart::certificate:
      return "cert";
    case TlsPart::key:
      return "key";
    case TlsPart::client_ca:
      return "client_ca";
    case TlsPart::cipher_suites:
      break;
  }
  return "cipher_suites";
}

void check_once(const Written& written, std::string_view name, Problems& problems) {
  const auto file = key_of(name) + "_file";
  if (!written.has(key_of(name)) || !written.has(file)) return;
  problems.add(written.at(file), fmt::format("{} is given as well; allowed: one of both", name));
}

void check_needed(const Written& written, std::string_view name, Problems& problems) {
  if (place_of(written, name) != nullptr) return;
  problems.add(written.at("tls_server_config"),
               fmt::format("{0} is missing; allowed: TLS with {0} or {0}_file", name));
}

void check_client_auth(const TlsOptions& tls, const Written& written, Problems& problems) {
  const Value* const client_ca = place_of(written, "client_ca");
  if (client_ca != nullptr && tls.client_auth == ClientAuth::none)
    problems.add(*client_ca,
                 "no client is asked for a certificate; allowed: with a client_auth_type that asks");
  if (client_ca == nullptr && verifies(tls.client_auth))
    problems.add(written.at(key_of("client_auth_type")),
                 "there is no client_ca to verify with; allowed: with client_ca or client_ca_file");
  if (!tls.client_sans.empty() && tls.client_auth == ClientAuth::none)
    problems.add(written.at(key_of("client_allowed_sans")),
                 "no client is asked for a certificate; allowed: with a client_auth_type that asks");
}

bool has_tls(const Written& written) {
  const auto is_there = [&](const char* name) { return place_of(written, name) != nullptr; };
  return is_there("cert") || is_there("key") || is_there("client_ca") ||
         written.has(key_of("client_auth_type"));
}

/// Makes the settings out of the options, if TLS is configured.
void add_tls(WebFile& web, const Written& written, Problems& problems) {
  for (const auto* const name : {"cert", "key", "client_ca"}) check_once(written, name, problems);
  if (!has_tls(written)) return;
  for (const auto* const name : {"cert", "key"}) check_needed(written, name, problems);
  check_client_auth(web.tls, written, problems);
  if (web.tls.min_version > web.tls.max_version)
    problems.add(written.at("tls_server_config"), "min_version is above max_version; allowed: at most that");
  // Empty, where a problem with it is known already.
  if (web.tls.certificate.empty() || web.tls.key.empty()) return;
  std::vector<TlsProblem> found;
  web.config.tls = TlsSettings::make(web.tls, found);
  for (const TlsProblem& problem : found) {
    const Value* const place = place_of(written, name_of(problem.part));
    problems.add(place == nullptr ? written.at("tls_server_config") : *place, problem.what);
  }
  if (web.config.tls && web.config.tls->is_expired(std::time(nullptr)))
    web.config.warnings.emplace_back("tls_server_config.cert: the certificate has expired");
}

void check_rate(const RateLimit& limit, const Written& written, Problems& problems) {
  if (limit.interval > std::chrono::nanoseconds::zero() && !written.has("rate_limit.burst"))
    problems.add(written.at("rate_limit.interval"), "burst is missing; allowed: an interval with a burst");
}

}  // namespace

WebConfig load_web_config(const std::filesystem::path& file, const Environment& environment) {
  // Before the file is read, so that a change meanwhile is noticed later.
  const FileStamp stamp = stamp_of(file);
  WebConfig config = parse_web_config(read_file(file), file, environment);
  config.files.push_back(stamp);
  return config;
}

WebConfig parse_web_config(const std::string& text, const std::filesystem::path& file,
                           const Environment& environment) {
  Problems problems(file.string());
  WebFile web{.directory = file.parent_path(), .config = {}};
  const Value root = parse_yaml(text, environment, problems);
  const Written written = read_keys(root, web_keys(), web, problems);
  add_tls(web, written, problems);
  check_rate(web.config.rate_limit, written, problems);
  auto lines = problems.lines();
  if (!lines.empty()) throw ConfigError(std::move(lines));
  return std::move(web.config);
}

std::vector<std::string> web_config_problems(const std::optional<std::filesystem::path>& file,
                                             const Environment& environment) {
  try {
    if (file) load_web_config(*file, environment);
    return {};
  } catch (const ConfigError& e) {
    return e.problems();
  }
}

}  // namespace dbpool
