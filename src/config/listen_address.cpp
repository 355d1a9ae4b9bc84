#include "config/listen_address.hpp"

#include <arpa/inet.h>

#include <charconv>

namespace dbpool {
namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.begin(), text.end(), port);
  if (error != std::errc() || end != text.end()) return std::nullopt;
  return port;
}

/// Returns whether `host` is a name or an IPv4 address; digits and dots alone must be a whole address.
bool is_host(const std::string& host) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
  if (host.find_first_not_of(allowed) != std::string::npos) return false;
  if (host.empty() || host.find_first_not_of("0123456789.") != std::string::npos) return true;
  in_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1;
}

}  // namespace

bool is_numeric_host(const std::string& host) {
  in6_addr address{};
  return host.empty() || host == "localhost" || ::inet_pton(AF_INET, host.c_str(), &address) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

std::optional<ListenAddress> parse_web_address(std::string_view text) {
  constexpr std::string_view scheme = "unix:";
  constexpr std::size_t longest_path = 107;  // of sockaddr_un
  if (text.starts_with(scheme)) {
    const std::string_view path = text.substr(scheme.size());
    if (!path.starts_with('/') || path.size() > longest_path) return std::nullopt;
    return ListenAddress{"", 0, std::string(path)};
  }
  const auto bracket = text.find("]:");
  if (!text.starts_with('[') || bracket == std::string_view::npos) return parse_listen_address(text);
  const std::string host(text.substr(1, bracket - 1));
  const auto port = parse_port(text.substr(bracket + 2));
  in6_addr address{};
  if (!port || ::inet_pton(AF_INET6, host.c_str(), &address) != 1) return std::nullopt;
  return ListenAddress{host, *port};
}

std::optional<ListenAddress> parse_listen_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string host(text.substr(0, colon));
  const auto port = parse_port(text.substr(colon + 1));
  if (!port || !is_host(host)) return std::nullopt;
  return ListenAddress{std::move(host), *port};
}

}  // namespace dbpool
