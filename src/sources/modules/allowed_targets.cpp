#include "sources/modules/allowed_targets.hpp"

#include <algorithm>
#include <utility>

#include "model/ascii.hpp"

namespace dbpool {
namespace {

/// Returns whether a name matches a pattern, in which `*` is any characters, also none, of one label.
bool matches(std::string_view name, std::string_view pattern) {
  // The last `*` takes as much as the rest of the pattern leaves to it.
  std::size_t n = 0, p = 0, star = std::string_view::npos, taken = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      taken = n;
    } else if (p < pattern.size() && pattern[p] == name[n]) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos && name[taken] != '.') {
      p = star + 1;
      n = ++taken;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

/// Returns whether an entry allows loopback, although it is no address.
bool is_this_host(const AllowedTarget& entry, const IpRange& guarded) {
  static const IpRange v4 = read_ip_range("127.0.0.0/8").value();
  static const IpRange v6 = read_ip_range("::1").value();
  return entry.pattern == "localhost" && (guarded == v4 || guarded == v6);
}

bool allows(const AllowedTarget& entry, const ModuleTarget& target, const IpAddress& address) {
  if (entry.port && *entry.port != target.port) return false;
  const IpRange* const guarded = guarded_range(address);
  if (entry.range)
    return entry.range->contains(address) && (guarded == nullptr || guarded->contains(*entry.range));
  if (target.address || !matches(target.host, entry.pattern)) return false;
  return guarded == nullptr || is_this_host(entry, *guarded);
}

/// Reads the host of an entry as addresses, those of IPv6 in brackets.
std::optional<IpRange> read_host_range(std::string host) {
  const bool is_bracketed = host.starts_with('[') && host.ends_with(']');
  if (is_bracketed) host = host.substr(1, host.size() - 2);
  if (is_bracketed != (host.find(':') != std::string::npos)) return std::nullopt;
  return read_ip_range(host);
}

/// Returns whether a name can match. Numbers, dots and `*` alone look like addresses, which have ranges.
bool is_pattern(std::string host) {
  const bool looks_numeric = host.find_first_not_of("0123456789.*") == std::string::npos &&
                             host.find_first_of("0123456789") != std::string::npos;
  std::ranges::replace(host, '*', 'a');
  const auto name = read_module_target(host + ":1");
  return !looks_numeric && name && !name->address;
}

}  // namespace

std::optional<AllowedTarget> read_allowed_target(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string host(text.substr(0, colon));
  const std::string port(text.substr(colon + 1));
  AllowedTarget entry;
  if (port != "*") {
    const auto any_host = read_module_target("a:" + port);
    if (!any_host) return std::nullopt;
    entry.port = any_host->port;
  }
  if (entry.range = read_host_range(host); entry.range) return entry;
  if (!is_pattern(host)) return std::nullopt;
  std::ranges::transform(host, host.begin(), ascii_lower);
  entry.pattern = std::move(host);
  return entry;
}

bool AllowedTargets::may_allow(const ModuleTarget& target) const {
  if (target.address) return allow(target, *target.address);
  return std::ranges::any_of(entries_, [&](const AllowedTarget& entry) {
    const bool fits = !entry.port || *entry.port == target.port;
    return fits && (entry.range || matches(target.host, entry.pattern));
  });
}

bool AllowedTargets::allow(const ModuleTarget& target, const IpAddress& address) const {
  return std::ranges::any_of(entries_,
                             [&](const AllowedTarget& entry) { return allows(entry, target, address); });
}

}  // namespace dbpool
