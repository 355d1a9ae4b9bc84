#include "support/servers/name_server.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace dbpool {
namespace {

constexpr std::uint16_t dns_port = 53;
constexpr std::size_t head_bytes = 12;
constexpr char type_a = 1;

/// Binds the port on the first loopback address where it is free, and sets `address`. throws
/// std::system_error.
int bound_name_socket(std::string& address) {
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  for (int last = 1; fd >= 0 && last < 255; ++last) {
    address = "127.53.53." + std::to_string(last);
    sockaddr_in place{};
    place.sin_family = AF_INET;
    place.sin_port = htons(dns_port);
    ::inet_pton(AF_INET, address.c_str(), &place.sin_addr);
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&place), sizeof place) == 0) return fd;
    if (errno != EADDRINUSE) break;
  }
  throw std::system_error(errno, std::generic_category(),
                          "no loopback address with port 53 for a name server");
}

/// Returns the end of the name that begins at `at`, and appends the name with dots. Needs no compression, as
/// a question has none.
std::size_t read_name(const std::string& message, std::size_t at, std::string& name) {
  while (at < message.size() && message[at] != 0) {
    const auto length = static_cast<unsigned char>(message[at]);
    if (!name.empty()) name += '.';
    name += message.substr(at + 1, length);
    at += 1U + length;
  }
  return at + 1;
}

std::string record_of(const std::string& address) {
  // The name as in the question, type A, class IN, a lifetime of 0, four bytes.
  std::string record("\xC0\x0C\x00\x01\x00\x01\x00\x00\x00\x00\x00\x04", 12);
  std::array<char, 4> bytes{};
  ::inet_pton(AF_INET, address.c_str(), bytes.data());
  return record.append(bytes.data(), bytes.size());
}

}  // namespace

NameServer::NameServer(Answer answer)
    : answer_(std::move(answer)),
      socket_(bound_name_socket(address_)),
      stop_(::eventfd(0, EFD_CLOEXEC)),
      thread_([this] { serve(); }) {
  directory_.write("resolv.conf", "nameserver " + address_ + "\noptions timeout:20 attempts:1\nsearch .\n");
}

NameServer::~NameServer() {
  ::eventfd_write(stop_, 1);
  thread_.join();
  ::close(socket_);
  ::close(stop_);
}

std::vector<std::string> NameServer::launcher() const {
  const std::string mount = "mount --bind \"$0\" /etc/resolv.conf && exec \"$@\"";
  return {"unshare", "--mount", "--propagation", "private",
          "sh",      "-c",      mount,           directory_.path() / "resolv.conf"};
}

std::size_t NameServer::asked(const std::string& name) const {
  const auto asked = asked_.access();
  return static_cast<std::size_t>(std::ranges::count(*asked, name));
}

void NameServer::serve() {
  while (true) {
    std::array<pollfd, 2> waiting{pollfd{socket_, POLLIN, 0}, pollfd{stop_, POLLIN, 0}};
    ::poll(waiting.data(), waiting.size(), -1);
    if (waiting[1].revents != 0) return;
    std::string question(512, '\0');
    sockaddr_in from{};
    socklen_t length = sizeof from;
    auto* const peer = reinterpret_cast<sockaddr*>(&from);
    const ssize_t size = ::recvfrom(socket_, question.data(), question.size(), 0, peer, &length);
    if (size < static_cast<ssize_t>(head_bytes)) continue;
    question.resize(static_cast<std::size_t>(size));
    const std::string reply = reply_to(question);
    ::sendto(socket_, reply.data(), reply.size(), 0, peer, length);
  }
}

std::string NameServer::reply_to(const std::string& question) {
  std::string name;
  const std::size_t end = read_name(question, head_bytes, name) + 4;  // with its type and class
  if (end > question.size()) return question;
  const bool is_v4 = question[end - 3] == type_a;
  const auto addresses = is_v4 ? addresses_of(name) : std::vector<std::string>();
  const bool is_unknown = is_v4 && addresses.empty();
  std::string reply = question.substr(0, 2);
  reply += std::string("\x81", 1) + (is_unknown ? '\x83' : '\x80');
  reply += std::string("\0\1\0", 3) + static_cast<char>(addresses.size()) + std::string(4, '\0');
  reply += question.substr(head_bytes, end - head_bytes);
  for (const std::string& address : addresses) reply += record_of(address);
  return reply;
}

std::vector<std::string> NameServer::addresses_of(const std::string& name) {
  const std::size_t before = asked(name);
  asked_.access()->push_back(name);
  return answer_(name, before);
}

}  // namespace dbpool
