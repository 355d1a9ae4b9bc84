#include <fmt/format.h>

#include "config/key_setters.hpp"
#include "config/kinds/kinds.hpp"
#include "model/stray_password.hpp"
#include "sources/http/ca_file.hpp"
#include "sources/http/url.hpp"
#include "sources/http_json/http_json_options.hpp"

namespace dbpool {
namespace {

HttpJsonOptions& options_of(SourceConfig& source) {
  return std::get<HttpJsonOptions>(source.options);
}

/// Returns the policy of a source without `health:`: the one with the name of its preset, else `capacity`.
HealthPolicy default_policy(std::string_view preset) {
  const auto of_preset = health_preset(preset);
  return of_preset ? *of_preset : *health_preset("capacity");
}

void set_url(SourceConfig& source, const Value& value, Problems& problems) {
  const auto url = read_text(value, problems);
  if (!url) return;
  const std::string stray = stray_password_in_url(*url);
  if (!http_url_problem(*url).empty()) {
    return problems.add(value, fmt::format("not an HTTP URL{}; allowed: http://host… or https://host…",
                                           stray.empty() ? "" : ": " + stray));
  }
  options_of(source).url = *url;
}

void set_preset(SourceConfig& source, const Value& value, Problems& problems) {
  const auto index = read_word(value, http_json_preset_names, problems);
  if (!index) return;
  options_of(source).preset = http_json_preset_names[*index];
  source.health = default_policy(http_json_preset_names[*index]);
}

void set_fields(SourceConfig& source, const Value& value, Problems& problems) {
  if (value.kind != Value::Kind::mapping)
    return problems.reject(value, "a mapping of fields to JSON pointers");
  for (const auto& field : value.members) {
    if (field.value.kind != Value::Kind::text) {
      problems.reject(field.value, "a JSON pointer");
    } else if (const auto wrong = http_json_field_problem(field.key, field.value.text); !wrong.empty()) {
      problems.add(field.value, wrong);
    } else if (!options_of(source).fields.emplace(field.key, field.value.text).second) {
      problems.add(field.line, field.value.path, "duplicate key; allowed: once");
    }
  }
}

using enum Variable;
using O = HttpJsonOptions;

constexpr auto keys = std::to_array<Key<SourceConfig>>({
    {"url", none, "", "where the document is: http or https", set_url},
    {"preset", none, "ombudsman", "ombudsman, codebase-mcp, eros, snowflake or custom", set_preset},
    {"fields", none, "", "with preset custom: field to JSON pointer, or to reference#pointer", set_fields},
    {"pools", none, "", "with preset custom: JSON pointer to several pools; none = one", text<&O::pools>},
    {"basic_auth.username", none, "", "for basic authentication", text<&O::username>},
    {"basic_auth.password_file", none, "", "a file that holds the password, read at every request",
     file<&O::password_file>},
    {"bearer_token_file", none, "", "a file that holds a bearer token, read at every request",
     file<&O::bearer_file>},
    {"ca_file", none, "", "certificates to trust instead of the system's", file<&O::ca_file>},
});

/// A key that names a file, and the content that the file must have.
struct FileKey {
  std::string_view key;
  std::optional<std::filesystem::path> O::*file;
  std::string_view allowed;
  std::string (*problem_of)(const std::filesystem::path&);
};

/// Checks the files that the options name. Quotes no name, because it may be a secret in a wrong place.
void check_files(const HttpJsonOptions& http, const Written& written, Problems& problems) {
  static constexpr std::string_view secret = "a readable file with one line";
  static constexpr auto file_keys = std::to_array<FileKey>({
      {"basic_auth.password_file", &O::password_file, secret, http_credential_problem},
      {"bearer_token_file", &O::bearer_file, secret, http_credential_problem},
      {"ca_file", &O::ca_file, "a readable file with certificates in PEM format", ca_file_problem},
  });
  for (const auto& [key, file, allowed, problem_of] : file_keys) {
    if (!(http.*file)) continue;
    const std::string wrong = problem_of(*(http.*file));
    if (!wrong.empty()) problems.add(written.at(key), fmt::format("{}; allowed: {}", wrong, allowed));
  }
}

/// Rejects a user with a colon: in basic authentication the user ends at the first colon (RFC 7617).
void check_user(const HttpJsonOptions& http, const Written& written, Problems& problems) {
  constexpr std::string_view wrong =
      "a user with a colon, which basic authentication cannot carry; allowed: one without";
  const auto has_colon = [](const std::string& user) { return user.find(':') != std::string::npos; };
  if (has_colon(http.username)) problems.add(written.at("basic_auth.username"), wrong);
  if (!http.url.empty() && has_colon(read_http_url(http.url).username))
    problems.add(written.at("url"), wrong);
}

void check_fields(const HttpJsonOptions& http, const Written& written, Problems& problems) {
  const bool is_custom = http.preset == "custom";
  if (is_custom && !written.has("fields")) {
    problems.add(written.at("preset"), "preset custom needs fields; allowed: fields with JSON pointers");
  }
  for (const auto* const key : {"fields", "pools"}) {
    if (is_custom || !written.has(key)) continue;
    problems.add(written.at(key), "not used by this preset; allowed: only with preset custom");
  }
  if (is_custom && !http.url.empty() && !http.fields.empty()) {
    const std::string wrong = http_json_problem(http);
    if (wrong.empty()) return;
    problems.add(written.mapping(), wrong + "; allowed: documents of the server that url names");
  }
}

void check_credentials(const Written& written, Problems& problems) {
  const bool has_user = written.has("basic_auth.username");
  if (has_user != written.has("basic_auth.password_file")) {
    problems.add(written.at("basic_auth"), "incomplete; allowed: username and password_file together");
  }
  if (has_user && written.has("bearer_token_file")) {
    problems.add(written.at("bearer_token_file"), "basic_auth is given as well; allowed: one of the two");
  }
}

SourceConfig defaults() {
  HttpJsonOptions options;
  return {.probe = {.name = "", .kind = SourceKind::http_json},
          .options = options,
          .health = default_policy(options.preset)};
}

void check(const SourceConfig& source, const Written& written, Problems& problems) {
  const auto& http = std::get<HttpJsonOptions>(source.options);
  check_files(http, written, problems);
  check_user(http, written, problems);
  if (!written.has("url")) problems.add(written.mapping(), "url is missing; allowed: an http or https URL");
  check_fields(http, written, problems);
  check_credentials(written, problems);
}

}  // namespace

SourceKindRow http_json_kind() {
  return {SourceKind::http_json, defaults, keys, check};
}

}  // namespace dbpool
