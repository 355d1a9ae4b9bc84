#include "event_listener.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iterator>
#include <sstream>
#include <stdexcept>

#include "support/servers/free_port.hpp"

namespace dbpool {
namespace {

EventLine parsed(const std::string& text) {
  EventLine line;
  const auto colon = text.find(':'), bar = text.find('|'), tags = text.find("|#");
  line.name = text.substr(0, colon);
  line.value = std::stod(text.substr(colon + 1));
  line.type = text.substr(bar + 1, tags - bar - 1);
  std::istringstream rest(text.substr(tags + 2));
  for (std::string tag; std::getline(rest, tag, ',');) {
    const auto end = tag.find(':');
    line.tags[tag.substr(0, end)] = tag.substr(end + 1);
  }
  return line;
}

void add(EventLog& log, const std::string& datagram) {
  log.longest = std::max(log.longest, datagram.size());
  std::istringstream lines(datagram);
  const std::size_t first = log.lines.size();
  for (std::string line; std::getline(lines, line);) log.lines.push_back(parsed(line));
  log.sequence.push_back(std::strtoull(log.lines.at(first).tag("seq").c_str(), nullptr, 10));
}

sockaddr_un unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

std::uint16_t free_udp_port() {
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t length = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(socket, generic, length) != 0 || ::getsockname(socket, generic, &length) != 0) {
    throw std::runtime_error("no free UDP port on loopback");
  }
  ::close(socket);
  return ntohs(address.sin_port);
}

}  // namespace

std::string EventLine::tag(const std::string& key) const {
  const auto found = tags.find(key);
  return found == tags.end() ? "" : found->second;
}

std::vector<EventLine> EventLog::of(const std::string& name) const {
  std::vector<EventLine> found;
  std::ranges::copy_if(lines, std::back_inserter(found), [&](const auto& line) { return line.name == name; });
  return found;
}

std::uint64_t EventLog::lost() const {
  return sequence.empty() ? 0 : sequence.back() - sequence.front() + 1 - sequence.size();
}

EventAddress::EventAddress(Transport transport) : port_(transport == Transport::udp ? free_udp_port() : 0) {}

std::string EventAddress::url() const {
  if (port_ != 0) return "udp://127.0.0.1:" + std::to_string(port_);
  return "unix://" + (directory_.path() / "events.sock").string();
}

int EventAddress::bind() const {
  const int socket = ::socket(port_ == 0 ? AF_UNIX : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const sockaddr_un path = unix_address((directory_.path() / "events.sock").string());
  const sockaddr_in port = loopback(port_);
  const auto* const address =
      port_ == 0 ? reinterpret_cast<const sockaddr*>(&path) : reinterpret_cast<const sockaddr*>(&port);
  constexpr int wanted = 4 << 20;
  ::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof wanted);
  if (::bind(socket, address, port_ == 0 ? sizeof path : sizeof port) != 0) {
    throw std::runtime_error("cannot bind " + url());
  }
  return socket;
}

EventListener::EventListener(const EventAddress& address)
    : url_(address.url()),
      socket_(address.bind()),
      thread_([this](const std::stop_token& stop) { receive(stop); }) {}

EventListener::~EventListener() {
  thread_.request_stop();
  thread_.join();
  ::close(socket_);
  if (url_.starts_with("unix://")) ::unlink(url_.substr(sizeof "unix://" - 1).c_str());
}

void EventListener::receive(const std::stop_token& stop) {
  std::array<char, 65536> buffer{};
  while (!stop.stop_requested()) {
    pollfd ready{.fd = socket_, .events = POLLIN, .revents = 0};
    constexpr int soon_ms = 20;
    if (::poll(&ready, 1, soon_ms) <= 0) continue;
    const ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (size > 0) add(*log_.access(), std::string(buffer.data(), static_cast<std::size_t>(size)));
  }
}

}  // namespace dbpool
