#include <algorithm>
#include <charconv>

#include "config/key_setters.hpp"
#include "config/kinds/kinds.hpp"
#include "config/kinds/push_address.hpp"
#include "config/mapping_keys.hpp"
#include "sources/push/events/events_options.hpp"

namespace dbpool {
namespace {

constexpr std::size_t longest_path = 107;

EventsOptions& options_of(SourceConfig& source) {
  return std::get<EventsOptions>(source.options);
}

void set_path(SourceConfig& source, const Value& value, Problems& problems) {
  const auto path = read_text(value, problems);
  if (!path) return;
  options_of(source).path = *path;
  if (!path->starts_with('/') || path->size() > longest_path)
    problems.reject(value, "an absolute path of at most 107 bytes, such as /run/dbpool/events.sock");
}

void set_mode(SourceConfig& source, const Value& value, Problems& problems) {
  constexpr int octal = 8;
  constexpr unsigned most = 0777;
  const auto text = read_text(value, problems);
  if (!text) return;
  unsigned mode = 0;
  const char* const end = text->data() + text->size();
  const auto [rest, error] = std::from_chars(text->data(), end, mode, octal);
  if (error != std::errc() || rest != end || mode > most)
    return problems.reject(value, "octal digits from 0000 to 0777");
  options_of(source).mode = mode;
}

void set_listen(SourceConfig& source, const Value& value, Problems& problems) {
  const auto text = read_text(value, problems);
  if (!text) return;
  options_of(source).listen = read_push_address(*text).value_or(PushAddress{"127.0.0.1", 0});
  if (!read_push_address(*text)) {
    problems.reject(value,
                    "a numeric address or localhost with a port, such as 127.0.0.1:8125 or [::1]:8125");
  }
}

void set_bounds(SourceConfig& source, const Value& value, Problems& problems) {
  if (const auto bounds = read_buckets(value, problems))
    options_of(source).histogram_buckets = bounds->seconds();
}

using enum Variable;
using O = EventsOptions;

constexpr auto own_keys = std::to_array<Key<SourceConfig>>({
    {"path", none, "", "a Unix datagram socket, in a directory that exists", set_path},
    {"mode", none, "0660", "permissions of the socket, in octal digits", set_mode},
    {"group", none, "", "the group of the socket; none = that of the exporter", text<&O::group>},
    {"listen", none, "", "the address of a UDP port, such as 127.0.0.1:8125", set_listen},
    {"allow_remote", none, "false", "whether the address may be another than loopback",
     switched<&O::allow_remote>},
    {"stale_after", none, "5m",
     "silence after which a client's gauges do not count and its leases are given back",
     duration<&O::stale_after, positive>},
    {"leak_detection_timeout", none, "30s", "how long a lease is held before it counts as a leak; 0 = off",
     duration<&O::leak_detection_timeout>},
    {"histogram_buckets", none, usual_buckets, "of the acquisition histogram, in seconds", set_bounds},
});
constexpr auto keys = join(own_keys, mapping_keys_of<EventsOptions>());

/// Keys of other sources: clients send when they like.
constexpr auto unused = std::to_array<std::string_view>({"interval", "timeout"});

SourceConfig defaults() {
  return {.probe = {.name = "", .kind = SourceKind::events}, .options = EventsOptions()};
}

void check(const SourceConfig& source, const Written& written, Problems& problems) {
  const auto& options = std::get<EventsOptions>(source.options);
  if (!written.has("path") && !options.listen)
    problems.add(written.mapping(), "path and listen are missing; allowed: one of them, or both");
  for (const auto* const key : {"mode", "group"}) {
    if (written.has(key) && !written.has("path"))
      problems.add(written.at(key), "not used without path; allowed: with a path");
  }
  if (options.listen && !options.allow_remote && !is_loopback(*options.listen)) {
    problems.add(written.at("listen"),
                 "not a loopback address; allowed: 127.0.0.1, [::1] or localhost, or another one with"
                 " allow_remote: true");
  }
  check_mapping(options.mapping, written, problems);
}

}  // namespace

SourceKindRow events_kind() {
  return {SourceKind::events, defaults, keys, check, unused};
}

}  // namespace dbpool
