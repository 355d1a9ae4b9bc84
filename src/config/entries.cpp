#include "config/entries.hpp"

#include <fmt/format.h>

#include <map>
#include <string>

namespace dbpool {
namespace {

bool is_localhost(const std::string& host) {
  return host == "localhost" || host == "127.0.0.1" || host == "::1";
}

/// Returns whether addresses of two hosts are the same, as far as their texts show it.
bool may_overlap(const std::string& a, const std::string& b) {
  const bool is_either = a == "localhost" || b == "localhost";
  return a == b || a.empty() || b.empty() || (is_either && is_localhost(a) && is_localhost(b));
}

template <typename Address>
bool is_one_port(const Address& one, const Address& other) {
  return one.port != 0 && one.port == other.port && may_overlap(one.host, other.host);
}

/// Two sources without `listen` are both in the web server.
std::string_view place_of_both(const OtlpOptions& one, const OtlpOptions& other) {
  const bool is_shared =
      one.listen && other.listen ? is_one_port(*one.listen, *other.listen) : !one.listen && !other.listen;
  return is_shared ? "listen" : "";
}

std::string_view place_of_both(const EventsOptions& one, const EventsOptions& other) {
  if (!one.path.empty() && one.path == other.path) return "path";
  return one.listen && other.listen && is_one_port(*one.listen, *other.listen) ? "listen" : "";
}

/// Returns the place that two sources of the kind with these options share.
template <typename Options>
std::string_view place_as(const SourceConfig& one, const SourceConfig& other) {
  const auto* const first = std::get_if<Options>(&one.options);
  const auto* const second = std::get_if<Options>(&other.options);
  return first == nullptr || second == nullptr ? "" : place_of_both(*first, *second);
}

}  // namespace

bool is_list(const Value& value, Problems& problems) {
  if (value.kind == Value::Kind::list) return true;
  if (value.kind != Value::Kind::null) problems.reject(value, "a list");
  return false;
}

void check_names(const std::vector<const Value*>& lists, Problems& problems) {
  std::map<std::string, int> first_lines;
  for (const Value* const entries : lists) {
    if (entries == nullptr) continue;
    for (const auto& entry : entries->items) {
      const Value* const name = entry.find("name");
      if (name == nullptr || name->kind != Value::Kind::text) continue;
      const auto [first, is_new] = first_lines.emplace(name->text, name->line);
      if (is_new) continue;
      const auto shown = name->expanded ? "name" : quoted_if_plain(name->text, "name");
      problems.add(
          *name, fmt::format("duplicate {}, first in line {}; allowed: a unique name", shown, first->second));
    }
  }
}

std::string_view shared_place(const SourceConfig& one, const SourceConfig& other) {
  const std::string_view place = place_as<OtlpOptions>(one, other);
  return place.empty() ? place_as<EventsOptions>(one, other) : place;
}

void check_places(const std::vector<SourceConfig>& sources, const Value& entries, Problems& problems) {
  for (std::size_t i = 0; i < sources.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      const std::string_view key = shared_place(sources[i], sources[k]);
      if (key.empty()) continue;
      const Value* const place = entries.items[i].find(key);
      const auto* const verb = sources[i].probe.kind == SourceKind::otlp ? "listens" : "receives";
      problems.add(place == nullptr ? entries.items[i] : *place,
                   fmt::format("the source in line {} {} there already; allowed: another {}",
                               entries.items[k].line, verb, key));
      break;
    }
  }
}

}  // namespace dbpool
