#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "sources/push/events/inbox.hpp"
#include "sources/push/events/inbox_socket.hpp"

namespace dbpool {
namespace {

/// An address of either family, as the system takes it.
union UdpAddress {
  sockaddr any;
  sockaddr_in v4;
  sockaddr_in6 v6;

  socklen_t size() const { return any.sa_family == AF_INET ? sizeof v4 : sizeof v6; }
  in_port_t& port() { return any.sa_family == AF_INET ? v4.sin_port : v6.sin6_port; }
};

std::optional<UdpAddress> udp_address(const std::string& host) {
  UdpAddress address{};
  address.v4.sin_family = AF_INET;
  const std::string numeric = host == "localhost" ? "127.0.0.1" : host;
  if (::inet_pton(AF_INET, numeric.c_str(), &address.v4.sin_addr) == 1) return address;
  address = {};
  address.v6.sin6_family = AF_INET6;
  if (::inet_pton(AF_INET6, numeric.c_str(), &address.v6.sin6_addr) == 1) return address;
  return std::nullopt;
}

std::string udp_text(const std::string& host, std::uint16_t port) {
  const bool is_v6 = host.find(':') != std::string::npos;
  return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

class UdpInbox : public Inbox {
 public:
  UdpInbox(Descriptor socket, std::string address)
      : socket_(std::move(socket)), address_(std::move(address)) {}

  int descriptor() const noexcept override { return socket_.get(); }
  const std::string& address() const noexcept override { return address_; }
  bool counts_drops() const noexcept override { return true; }

 private:
  const Descriptor socket_;
  const std::string address_;
};

}  // namespace

std::unique_ptr<Inbox> open_udp_inbox(const UdpOptions& options) {
  const std::string wanted = udp_text(options.host, options.port);
  auto address = udp_address(options.host);
  if (!address) {
    refuse_inbox(wanted, "the host is not an address; allowed: an IPv4 or IPv6 address, localhost");
  }
  Descriptor socket = datagram_socket(address->any.sa_family, wanted);
  const int on = 1;
  if (::setsockopt(socket.get(), SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on) != 0) refuse_inbox(wanted);
  address->port() = htons(options.port);
  if (::bind(socket.get(), &address->any, address->size()) != 0) refuse_inbox(wanted);
  socklen_t size = address->size();
  if (::getsockname(socket.get(), &address->any, &size) != 0) refuse_inbox(wanted);
  return std::make_unique<UdpInbox>(std::move(socket), udp_text(options.host, ntohs(address->port())));
}

}  // namespace dbpool
