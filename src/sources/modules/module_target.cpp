#include "sources/modules/module_target.hpp"

#include <algorithm>
#include <charconv>

#include "model/ascii.hpp"

namespace dbpool {
namespace {

constexpr std::size_t most_bytes = 255;
constexpr std::string_view host_digits = "0123456789";
constexpr std::string_view host_characters = "abcdefghijklmnopqrstuvwxyz0123456789-_.";

std::optional<std::uint16_t> read_target_port(std::string_view text) {
  if (text.empty() || text.front() == '0') return std::nullopt;
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

/// Returns whether a name is one of the domain name system. Of a host whose last label is a number, such as
/// 127.1 or 0x7f000001, systems make an address, so it is none.
bool is_host_name(std::string_view host) {
  if (host.find_first_not_of(host_characters) != std::string_view::npos) return false;
  if (host.empty() || host.front() == '.' || host.back() == '.') return false;
  if (host.find("..") != std::string_view::npos) return false;
  const std::string_view last = host.substr(host.rfind('.') + 1);
  return last.find_first_not_of(host_digits) != std::string_view::npos && !last.starts_with("0x");
}

}  // namespace

std::string ModuleTarget::text() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::optional<ModuleTarget> read_module_target(std::string_view text) {
  const auto colon = text.rfind(':');
  if (text.size() > most_bytes || colon == std::string_view::npos) return std::nullopt;
  const auto port = read_target_port(text.substr(colon + 1));
  if (!port) return std::nullopt;
  std::string host(text.substr(0, colon));
  std::ranges::transform(host, host.begin(), ascii_lower);
  const bool is_bracketed = host.starts_with('[') && host.ends_with(']');
  if (is_bracketed) host = host.substr(1, host.size() - 2);
  if (is_bracketed != (host.find(':') != std::string::npos)) return std::nullopt;
  if (host.find('\0') != std::string::npos) return std::nullopt;
  const auto address = read_ip_address(host);
  if (address) return ModuleTarget{text_of(*address), address, *port};
  if (is_bracketed || !is_host_name(host)) return std::nullopt;
  return ModuleTarget{std::move(host), std::nullopt, *port};
}

}  // namespace dbpool
