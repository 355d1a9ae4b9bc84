#include "config/kinds/push_address.hpp"

#include <arpa/inet.h>

#include <string>
#include <utility>

#include "config/listen_address.hpp"

namespace dbpool {
namespace {

bool is_address(int family, const std::string& host) {
  in6_addr address{};
  return ::inet_pton(family, host.c_str(), &address) == 1;
}

}  // namespace

std::optional<PushAddress> read_push_address(std::string_view text) {
  std::string host;
  if (const auto bracket = text.find("]:"); text.starts_with('[') && bracket != std::string_view::npos) {
    host = text.substr(1, bracket - 1);
    if (!is_address(AF_INET6, host)) return std::nullopt;
    text.remove_prefix(bracket + 1);
  }
  const auto rest = parse_listen_address(text);
  if (!rest || (!host.empty() && !rest->host.empty())) return std::nullopt;
  if (host.empty()) host = rest->host;
  const bool is_known = host.empty() || host == "localhost" || host.find(':') != std::string::npos;
  if (!is_known && !is_address(AF_INET, host)) return std::nullopt;
  return PushAddress{std::move(host), rest->port};
}

bool is_loopback(const PushAddress& address) {
  const std::string& host = address.host;
  in6_addr v6{};
  if (::inet_pton(AF_INET6, host.c_str(), &v6) == 1) return IN6_IS_ADDR_LOOPBACK(&v6);
  return host == "localhost" || host.starts_with("127.");
}

}  // namespace dbpool
