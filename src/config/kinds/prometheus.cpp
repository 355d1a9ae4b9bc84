#include "config/http_keys.hpp"
#include "config/kinds/kinds.hpp"
#include "config/mapping_keys.hpp"
#include "sources/prometheus/prometheus_options.hpp"

namespace dbpool {
namespace {

using enum Variable;

constexpr auto own_keys = std::to_array<Key<SourceConfig>>({
    {"interval", none, "15s", "from one reading to the next", duration<&ProbeOptions::interval, positive>},
    {"timeout", none, "5s", "for one reading, connecting included",
     duration<&ProbeOptions::timeout, positive>},
});
constexpr auto keys = join(join(own_keys, http_keys()), mapping_keys_of<PrometheusOptions>());

SourceConfig defaults() {
  SourceConfig source{.probe = {.name = "", .kind = SourceKind::prometheus}, .options = PrometheusOptions()};
  source.probe.interval = std::chrono::seconds(15);
  source.probe.timeout = std::chrono::seconds(5);
  return source;
}

void check(const SourceConfig& source, const Written& written, Problems& problems) {
  const auto& options = std::get<PrometheusOptions>(source.options);
  check_http(options.http, written, problems);
  check_mapping(options.mapping, written, problems);
}

}  // namespace

SourceKindRow prometheus_kind() {
  return {SourceKind::prometheus, defaults, keys, check};
}

}  // namespace dbpool
