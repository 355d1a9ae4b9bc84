#include "sources/modules/ip_range.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace dbpool {
namespace {

constexpr unsigned all_bits = 128;
constexpr unsigned v4_bits = 32;
constexpr std::array<std::uint8_t, 12> v4_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
/// What translates to IPv4 (RFC 6052).
constexpr std::array<std::uint8_t, 12> nat64_prefix{0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0};

bool has_prefix(const IpAddress& address, const std::array<std::uint8_t, 12>& prefix) {
  return std::equal(prefix.begin(), prefix.end(), address.begin());
}

bool is_v4(const IpAddress& address) {
  return has_prefix(address, v4_prefix);
}

IpAddress with_prefix(const std::array<std::uint8_t, 12>& prefix, const std::uint8_t* last) {
  IpAddress address{};
  const auto rest = std::copy(prefix.begin(), prefix.end(), address.begin());
  std::copy_n(last, v4_bits / 8, rest);
  return address;
}

/// Returns the address with the bits from `bits` on cleared.
IpAddress first_of(IpAddress address, unsigned bits) {
  for (unsigned i = 0; i < address.size(); ++i) {
    const unsigned kept = std::clamp(bits, i * 8, i * 8 + 8) - i * 8;
    address[i] = static_cast<std::uint8_t>(address[i] & (0xFF00U >> kept));
  }
  return address;
}

IpRange range_of(const char* text) {
  return read_ip_range(text).value();
}

}  // namespace

std::optional<IpAddress> read_ip_address(const std::string& text) {
  IpAddress address{};
  if (::inet_pton(AF_INET6, text.c_str(), address.data()) == 1) return address;
  std::array<std::uint8_t, v4_bits / 8> v4{};
  if (::inet_pton(AF_INET, text.c_str(), v4.data()) != 1) return std::nullopt;
  return with_prefix(v4_prefix, v4.data());
}

std::string text_of(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const std::uint8_t* const last = address.data() + v4_prefix.size();
  if (is_v4(address))
    ::inet_ntop(AF_INET, last, text.data(), text.size());
  else
    ::inet_ntop(AF_INET6, address.data(), text.data(), text.size());
  return text.data();
}

bool IpRange::contains(const IpAddress& address) const {
  return is_v4(base) == is_v4(address) && first_of(address, bits) == first_of(base, bits);
}

std::optional<IpRange> read_ip_range(const std::string& text) {
  const auto slash = std::min(text.find('/'), text.size());
  const auto base = read_ip_address(text.substr(0, slash));
  if (!base) return std::nullopt;
  if (slash == text.size()) return IpRange{*base, all_bits};
  const unsigned most = is_v4(*base) ? v4_bits : all_bits;
  unsigned bits = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + slash + 1, end, bits);
  if (error != std::errc() || stop != end || bits > most) return std::nullopt;
  const IpRange range{*base, all_bits - most + bits};
  if (first_of(*base, range.bits) != *base) return std::nullopt;
  return range;
}

const IpRange* guarded_range(const IpAddress& address) {
  static const std::array ranges{
      range_of("127.0.0.0/8"),
      range_of("0.0.0.0/8"),  // this host; Linux connects 0.0.0.0 to it
      range_of("::1"),
      range_of("::"),  // the same
      range_of("169.254.0.0/16"),
      range_of("fe80::/10"),  // its links, with the metadata of most clouds
      range_of("fd00:ec2::254"),
      range_of("100.100.100.200"),  // metadata: Amazon by IPv6, Alibaba
  };
  const bool is_translated = has_prefix(address, nat64_prefix);
  const IpAddress meant = is_translated ? with_prefix(v4_prefix, address.data() + v4_prefix.size()) : address;
  const auto found =
      std::ranges::find_if(ranges, [&](const IpRange& range) { return range.contains(meant); });
  return found == ranges.end() ? nullptr : &*found;
}

}  // namespace dbpool
