#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sources/modules/module_target.hpp"

namespace dbpool {

/// One entry of the targets that a module allows: names or addresses, and a port.
struct AllowedTarget {
  std::string pattern;           ///< of names, in lower case; `*` is any part of one label; "" = addresses
  std::optional<IpRange> range;  ///< nullopt = names
  std::optional<std::uint16_t> port;  ///< nullopt = every port

  bool operator==(const AllowedTarget&) const = default;
};

/// Reads `pgb-*.db.svc:6432`, `10.1.0.0/16:6432`, `[fd00::/8]:6432`, or one of them with `*` as its port.
std::optional<AllowedTarget> read_allowed_target(std::string_view text);

/// The targets that a module allows: those that one of its entries allows.
class AllowedTargets {
 public:
  void add(AllowedTarget entry) { entries_.push_back(std::move(entry)); }
  bool empty() const noexcept { return entries_.empty(); }

  /// Returns whether the target may be allowed, as far as its text shows: a name may be looked up, an address
  /// is allowed.
  bool may_allow(const ModuleTarget& target) const;
  /// Returns whether the target is allowed at this address, which is its own or one of its name. An address
  /// of `guarded_range` is allowed only by an entry that lies in that range, and loopback also by the name
  /// localhost.
  bool allow(const ModuleTarget& target, const IpAddress& address) const;

  bool operator==(const AllowedTargets&) const = default;

 private:
  std::vector<AllowedTarget> entries_;
};

}  // namespace dbpool
