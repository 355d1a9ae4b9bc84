#include "config/set_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/check_dsn.hpp"
#include "model/stray_password.hpp"
#include "sources/http/ca_file.hpp"
#include "sources/http/url.hpp"

namespace dbpool {
namespace {

/// Checks the DSN in `written`; a missing one is an error.
void check_required_dsn(const DsnSource& dsn, const Value& written, Problems& problems) {
  if (!check_dsn(dsn, written, problems, postgres_problem))
    problems.add(written, "no DSN; allowed: one of dsn and dsn_file");
}

/// A key that names a file, and the content that the file must have.
struct FileKey {
  std::string_view key, allowed;
  std::string (*problem_of)(const std::filesystem::path&);
};

/// Checks the files that `written` names. Quotes no name, because it may be a secret in a wrong place.
void check_files(const Value& written, Problems& problems) {
  static constexpr std::string_view secret = "a readable file with one line";
  static constexpr std::array<FileKey, 3> keys{{
      {"basic_auth.password_file", secret, http_credential_problem},
      {"bearer_token_file", secret, http_credential_problem},
      {"ca_file", "a readable file with certificates in PEM format", ca_file_problem},
  }};
  for (const auto& [key, allowed, problem_of] : keys) {
    const Value* const file = written.find(key);
    if (file == nullptr || file->kind != Value::Kind::text || file->text.empty()) continue;
    const std::string wrong = problem_of(file->text);
    if (!wrong.empty()) problems.add(*file, fmt::format("{}; allowed: {}", wrong, allowed));
  }
}

/// Rejects a user with a colon: in basic authentication the user ends at the first colon (RFC 7617).
void check_user(const HttpJsonOptions& http, const Value& written, Problems& problems) {
  constexpr std::string_view wrong =
      "a user with a colon, which basic authentication cannot carry; allowed: one without";
  const auto has_colon = [](const std::string& user) { return user.find(':') != std::string::npos; };
  if (has_colon(http.username)) problems.add(*written.find("basic_auth.username"), wrong);
  if (!http.url.empty() && has_colon(read_http_url(http.url).username))
    problems.add(*written.find("url"), wrong);
}

void check_http(const HttpJsonOptions& http, const Value& written, Problems& problems) {
  check_files(written, problems);
  check_user(http, written, problems);
  if (written.find("url") == nullptr) problems.add(written, "url is missing; allowed: an http or https URL");
  const bool is_custom = http.preset == "custom";
  if (is_custom && written.find("fields") == nullptr) {
    problems.add(*written.find("preset"), "preset custom needs fields; allowed: fields with JSON pointers");
  }
  for (const auto* const key : {"fields", "pools"}) {
    const Value* const value = written.find(key);
    if (value != nullptr && !is_custom) {
      problems.add(*value, "not used by this preset; allowed: only with preset custom");
    }
  }
  if (is_custom && !http.url.empty() && !http.fields.empty()) {
    const std::string wrong = http_json_problem(http);
    if (!wrong.empty()) problems.add(written, wrong + "; allowed: documents of the server that url names");
  }
  const Value* const user = written.find("basic_auth.username");
  const Value* const password = written.find("basic_auth.password_file");
  if ((user == nullptr) != (password == nullptr)) {
    problems.add(*written.find("basic_auth"), "incomplete; allowed: username and password_file together");
  }
  const Value* const bearer = written.find("bearer_token_file");
  if (user != nullptr && bearer != nullptr) {
    problems.add(*bearer, "basic_auth is given as well; allowed: one of the two");
  }
}

}  // namespace

void set_group_by(SourceConfig& source, const Value& value, Problems& problems) {
  if (value.kind != Value::Kind::list || value.items.empty()) {
    return problems.reject(value, fmt::format("a list of {}", enumerate(stat_activity_columns)));
  }
  std::vector<std::string> columns;
  for (const auto& item : value.items) {
    const auto index = read_word(item, stat_activity_columns, problems);
    if (!index) continue;
    if (std::ranges::find(columns, stat_activity_columns[*index]) != columns.end())
      problems.add(item, "a duplicate column; allowed: each once");
    columns.emplace_back(stat_activity_columns[*index]);
  }
  source.activity.group_by = std::move(columns);
}

void set_url(SourceConfig& source, const Value& value, Problems& problems) {
  const auto url = read_text(value, problems);
  if (!url) return;
  const std::string stray = stray_password_in_url(*url);
  if (!http_url_problem(*url).empty()) {
    return problems.add(value, fmt::format("not an HTTP URL{}; allowed: http://host… or https://host…",
                                           stray.empty() ? "" : ": " + stray));
  }
  source.http.url = *url;
}

HealthPolicy default_policy(const HttpJsonOptions& options) {
  const auto of_preset = health_preset(options.preset);
  return of_preset ? *of_preset : *health_preset("capacity");
}

void set_json_preset(SourceConfig& source, const Value& value, Problems& problems) {
  const auto index = read_word(value, http_json_preset_names, problems);
  if (!index) return;
  source.http.preset = http_json_preset_names[*index];
  source.health = default_policy(source.http);
}

void set_json_fields(SourceConfig& source, const Value& value, Problems& problems) {
  if (value.kind != Value::Kind::mapping)
    return problems.reject(value, "a mapping of fields to JSON pointers");
  for (const auto& field : value.members) {
    if (field.value.kind != Value::Kind::text) {
      problems.reject(field.value, "a JSON pointer");
    } else if (const auto wrong = http_json_field_problem(field.key, field.value.text); !wrong.empty()) {
      problems.add(field.value, wrong);
    } else if (!source.http.fields.emplace(field.key, field.value.text).second) {
      problems.add(field.line, field.value.path, "duplicate key; allowed: once");
    }
  }
}

void check_source(const SourceConfig& source, const Value& written, Problems& problems) {
  if (written.find("name") == nullptr) problems.add(written, "name is missing; allowed: a unique name");
  if (source.probe.kind == SourceKind::http_json) return check_http(source.http, written, problems);
  check_required_dsn(source.dsn, written, problems);
  if (const Value* const synthetic = written.find("synthetic")) {
    if (source.pgbouncer.synthetic)
      check_required_dsn(source.pgbouncer.synthetic->dsn, *synthetic, problems);
    else if (synthetic->kind != Value::Kind::broken)
      problems.add(*synthetic, "no DSN; allowed: {dsn: …, interval: 5s}");
  }
}

}  // namespace dbpool
