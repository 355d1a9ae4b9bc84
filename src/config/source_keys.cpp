#include "config/source_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <vector>

#include "config/keys.hpp"
#include "config/set_source.hpp"

namespace dbpool {
namespace {

using SourceKey = Key<SourceConfig>;
constexpr auto none = SourceKey::Variable::none;

constexpr unsigned most_pools = 10'000;
constexpr std::int64_t positive = 1;  // the least duration that is not 0, in nanoseconds

/// The values of `type`, in the order of SourceKind without `owned`.
constexpr std::array<std::string_view, 5> types{"pgbouncer", "pgpool", "pg_stat_activity", "http_json",
                                                "events"};

/// Returns the bit of one kind in a set of kinds.
constexpr unsigned bit(SourceKind kind) {
  return 1U << static_cast<unsigned>(kind);
}
constexpr unsigned bouncer = bit(SourceKind::pgbouncer);
constexpr unsigned activity = bit(SourceKind::pg_stat_activity);
constexpr unsigned json = bit(SourceKind::http_json);
constexpr unsigned sql = bouncer | bit(SourceKind::pgpool) | activity;
constexpr unsigned every = sql | json;

struct OwnKey {
  unsigned kinds;
  SourceKey key;
};

void ignore(SourceConfig&, const Value&, Problems&) {}

using P = ProbeOptions;

constexpr auto own_keys = std::to_array<OwnKey>({
    {every, {"name", none, "", "required and unique, also among the pools", name<&P::name>}},
    {every, {"type", none, "", "required: pgbouncer, pgpool, pg_stat_activity or http_json", ignore}},
    {every, {"interval", none, "5s", "from one reading to the next", duration<&P::interval, positive>}},
    {every, {"timeout", none, "2s", "for one reading, connecting included", duration<&P::timeout, positive>}},
    {every,
     {"limit", none, "500", "pools at most; further ones are dropped and counted",
      whole<&P::limit, 1, most_pools>}},
    {sql, {"dsn", none, "", "where to connect: a libpq connection string or URI", dsn<&SourceConfig::dsn>}},
    {sql,
     {"dsn_file", none, "", "instead of dsn: a file that holds it, read again at every connect",
      dsn_file<&SourceConfig::dsn>}},
    {bouncer,
     {"clients", none, "false", "also count clients by application", switched<&PgBouncerOptions::clients>}},
    {bouncer,
     {"synthetic.dsn", none, "", "a database behind the pooler; timed acquisitions go there",
      dsn<&SyntheticOptions::dsn>}},
    {bouncer,
     {"synthetic.dsn_file", none, "", "instead of synthetic.dsn: a file that holds it",
      dsn_file<&SyntheticOptions::dsn>}},
    {bouncer,
     {"synthetic.interval", none, "5s", "from one timed acquisition to the next",
      duration<&SyntheticOptions::interval, positive>}},
    {activity,
     {"group_by", none, "[datname, usename, application_name]",
      "columns whose values make a pool; also client_addr and client_hostname", set_group_by}},
    {activity,
     {"leak_after", none, "5m", "idle in a transaction for longer is a suspected leak; 0 = off",
      duration<&StatActivityOptions::leak_after>}},
    {activity,
     {"show_query", none, "false", "whether the API shows a suspected leak's last query",
      switched<&StatActivityOptions::show_query>}},
    {json, {"url", none, "", "where the document is: http or https", set_url}},
    {json,
     {"preset", none, "ombudsman", "ombudsman, codebase-mcp, eros, snowflake or custom", set_json_preset}},
    {json,
     {"fields", none, "", "with preset custom: field to JSON pointer, or to reference#pointer",
      set_json_fields}},
    {json,
     {"pools", none, "", "with preset custom: JSON pointer to several pools; none = one",
      text<&HttpJsonOptions::pools>}},
    {json, {"basic_auth.username", none, "", "for basic authentication", text<&HttpJsonOptions::username>}},
    {json,
     {"basic_auth.password_file", none, "", "a file that holds the password, read at every request",
      file<&HttpJsonOptions::password_file>}},
    {json,
     {"bearer_token_file", none, "", "a file that holds a bearer token, read at every request",
      file<&HttpJsonOptions::bearer_file>}},
    {json,
     {"ca_file", none, "", "certificates to trust instead of the system's", file<&HttpJsonOptions::ca_file>}},
});

constexpr auto shared_keys = health_keys<SourceConfig>();

std::vector<SourceKey> keys_of(SourceKind kind) {
  std::vector<SourceKey> keys;
  for (const auto& own : own_keys) {
    if ((own.kinds & bit(kind)) != 0) keys.push_back(own.key);
  }
  keys.insert(keys.end(), shared_keys.begin(), shared_keys.end());
  return keys;
}

/// Reads the type. nullopt: it is missing, unknown or not in this build; the problem has been added.
std::optional<SourceKind> read_kind(const Value& written, Problems& problems) {
  const Value* const type = written.find("type");
  if (type == nullptr) {
    problems.add(written, fmt::format("type is missing; allowed: {}", enumerate(types)));
    return std::nullopt;
  }
  const auto index = read_word(*type, types, problems);
  if (!index) return std::nullopt;
  const auto kind = static_cast<SourceKind>(*index + 1);
  if (kind != SourceKind::events) return kind;
  problems.add(*type, fmt::format("this build has no '{}' source yet; available: {}", types[*index],
                                  enumerate(std::span(types).first(types.size() - 1))));
  return std::nullopt;
}

std::string types_of(unsigned kinds) {
  if (kinds == every) return "all";
  std::string names;
  for (std::size_t i = 0; i < types.size(); ++i) {
    if ((kinds & bit(static_cast<SourceKind>(i + 1))) == 0) continue;
    names.append(names.empty() ? "" : ", ").append(types[i]);
  }
  return names;
}

}  // namespace

SourceConfig read_source(const Value& written, Problems& problems) {
  SourceConfig source;
  if (written.kind != Value::Kind::mapping) {
    problems.reject(written, "a mapping that describes a source");
    return source;
  }
  const auto kind = read_kind(written, problems);
  if (!kind) return source;
  source.probe.kind = *kind;
  if (*kind == SourceKind::http_json) source.health = default_policy(source.http);
  const std::vector<SourceKey> keys = keys_of(*kind);
  read_keys(written, std::span<const SourceKey>(keys), source, problems);
  check_source(source, written, problems);
  return source;
}

std::string source_keys_markdown() {
  const auto code = [](std::string_view text) { return text.empty() ? "" : fmt::format("`{}`", text); };
  std::string table = "| key | types | default | meaning |\n|---|---|---|---|\n";
  for (const auto& [kinds, key] : own_keys) {
    table +=
        fmt::format("| `{}` | {} | {} | {} |\n", key.name, types_of(kinds), code(key.fallback), key.meaning);
  }
  return table +
         "| `health` | all | | as of a pool; error_window counts with http_json and synthetic, "
         "wait_window with synthetic |\n";
}

}  // namespace dbpool
