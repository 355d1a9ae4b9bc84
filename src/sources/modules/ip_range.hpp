#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace dbpool {

/// An address of IPv6, or one of IPv4 as IPv6 maps it: ::ffff:10.1.2.3.
using IpAddress = std::array<std::uint8_t, 16>;

/// Reads `10.1.2.3` or `fd00::1`, in no shorter form and without a zone; nullopt = it is neither.
std::optional<IpAddress> read_ip_address(const std::string& text);

/// Returns the address in its usual form; a mapped one as IPv4.
std::string text_of(const IpAddress& address);

/// The addresses that begin with the same bits. Those of IPv4 and of IPv6 are never in one range.
struct IpRange {
  IpAddress base;
  unsigned bits;  ///< of the 128 of an IpAddress

  bool contains(const IpAddress& address) const;
  /// Returns whether all of `other` lies in this range.
  bool contains(const IpRange& other) const { return bits <= other.bits && contains(other.base); }
  bool operator==(const IpRange&) const = default;
};

/// Reads an address, or the first one and the number of bits: `10.1.0.0/16`. nullopt = malformed, or bits
/// are set after those that count.
std::optional<IpRange> read_ip_range(const std::string& text);

/// Returns the range of an address that is this host, is on its links, or serves the metadata of a cloud;
/// nullptr = it is none of them.
const IpRange* guarded_range(const IpAddress& address);

}  // namespace dbpool
