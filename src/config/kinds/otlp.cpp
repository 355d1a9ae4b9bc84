#include <fmt/format.h>

#include <algorithm>

#include "config/key_setters.hpp"
#include "config/kinds/kinds.hpp"
#include "config/kinds/push_address.hpp"
#include "config/mapping_keys.hpp"
#include "config/read_users.hpp"
#include "sources/http/options.hpp"
#include "sources/mapping/pool_template.hpp"
#include "sources/push/otlp/otlp_options.hpp"

namespace dbpool {
namespace {

constexpr std::string_view instance_label = "service.instance.id";

OtlpOptions& options_of(SourceConfig& source) {
  return std::get<OtlpOptions>(source.options);
}

void set_listen(SourceConfig& source, const Value& value, Problems& problems) {
  const auto text = read_text(value, problems);
  if (!text) return;
  const auto address = read_push_address(*text);
  options_of(source).listen = address;
  if (!address && *text != "web") {
    options_of(source).listen = PushAddress{"127.0.0.1", 0};  // in no other source's way
    problems.reject(
        value, "web, or a numeric address or localhost with a port, such as 127.0.0.1:4318 or [::1]:4318");
  }
}

void set_users(SourceConfig& source, const Value& value, Problems& problems) {
  read_users(value, options_of(source).users, problems);
}

void set_max_body(SourceConfig& source, const Value& value, Problems& problems) {
  constexpr std::size_t least = 1, most = std::size_t{64} << 20U;
  if (const auto bytes = read_bytes(value, {least, most}, problems)) options_of(source).max_body = *bytes;
}

void set_stale_after(SourceConfig& source, const Value& value, Problems& problems) {
  if (const auto silence = read_duration(value, Duration(positive), problems))
    options_of(source).stale_after = *silence;
}

using enum Variable;
using O = OtlpOptions;

constexpr auto own_keys = std::to_array<Key<SourceConfig>>({
    {"listen", none, "127.0.0.1:4318", "the address of its own, or web = the exporter's", set_listen},
    {"allow_remote", none, "false", "whether the address may be another than loopback",
     switched<&O::allow_remote>},
    {"basic_auth_users", none, "", "who may push to its own address: name to bcrypt hash", set_users},
    {"bearer_token_file", none, "", "a file that holds the token with which one may push to its own address",
     file<&O::bearer_token_file>},
    {"by_instance", none, "false", "a pool for each service.instance.id; else those of a service add up",
     switched<&O::by_instance>},
    {"max_body", none, "16MiB", "the largest body, as sent and again inflated; at most 64MiB", set_max_body},
    {"stale_after", none, "",
     "silence after which a sender's gauges do not count; none = 3 of its intervals, at least 30s",
     set_stale_after},
});
constexpr auto keys = join(own_keys, without("prefix", mapping_keys_of<OtlpOptions>()));

/// Keys of other sources: senders push when they like.
constexpr auto unused = std::to_array<std::string_view>({"interval", "timeout"});

SourceConfig defaults() {
  return {.probe = {.name = "", .kind = SourceKind::otlp}, .options = OtlpOptions()};
}

/// Checks who can push. With `web` the users are those of the exporter.
void check_access(const OtlpOptions& options, const Written& written, Problems& problems) {
  const bool asks = written.has("basic_auth_users") || written.has("bearer_token_file");
  if (!options.listen) {
    for (const auto* const key : {"basic_auth_users", "bearer_token_file"}) {
      if (written.has(key))
        problems.add(written.at(key),
                     "not used with listen: web, which has the exporter's users; allowed:"
                     " only with an address of its own");
    }
  } else if (options.allow_remote && !asks) {
    problems.add(written.at("allow_remote"),
                 "open to every host that reaches it; allowed: with basic_auth_users or bearer_token_file");
  } else if (!options.allow_remote && !is_loopback(*options.listen)) {
    problems.add(written.at("listen"),
                 "not a loopback address; allowed: 127.0.0.1, [::1] or localhost, or another one with"
                 " allow_remote: true");
  }
  if (!options.bearer_token_file) return;
  const std::string wrong = http_credential_problem(*options.bearer_token_file);
  if (!wrong.empty())
    problems.add(written.at("bearer_token_file"), wrong + "; allowed: a readable file with one line");
}

void check(const SourceConfig& source, const Written& written, Problems& problems) {
  const auto& options = std::get<OtlpOptions>(source.options);
  check_access(options, written, problems);
  check_mapping(options.mapping, written, problems);
  const auto& pool = options.mapping.pool;
  if (options.by_instance && pool && !PoolTemplate(*pool).has(instance_label)) {
    problems.add(written.at("pool"),
                 "a name without the instance, which by_instance tells apart; allowed: "
                 "with {service.instance.id} in it");
  }
}

}  // namespace

SourceKindRow otlp_kind() {
  return {SourceKind::otlp, defaults, keys, check, unused};
}

}  // namespace dbpool
