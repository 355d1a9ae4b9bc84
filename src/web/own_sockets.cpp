#include "web/own_sockets.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>

#include "dbpool/model/error.hpp"
#include "web/http1/listening_sockets.hpp"

namespace dbpool {
namespace {

constexpr int waiting_clients = 200;

[[noreturn]] void refuse_path(const ListenAddress& address, const std::string& why) {
  throw Error(fmt::format("listen on {}: {}", text_of(address), why));
}

/// Removes the file of a socket on which no process listens.
void remove_left_over(const ListenAddress& address, const sockaddr_un& at) {
  std::error_code none;
  if (!std::filesystem::is_socket(address.path, none)) return;
  const Descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int connected = ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at);
  if (connected == 0 || errno != ECONNREFUSED) refuse_path(address, "another process listens there");
  std::filesystem::remove(address.path, none);
}

Descriptor unix_socket(const ListenAddress& address) {
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  if (address.path.size() >= sizeof at.sun_path) refuse_path(address, "the path is too long");
  std::ranges::copy(address.path, std::begin(at.sun_path));
  remove_left_over(address, at);
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0 ||
      ::listen(socket.get(), waiting_clients) != 0) {
    refuse_path(address, std::generic_category().message(errno));
  }
  return socket;
}

bool listens_on(int descriptor, std::uint16_t port) {
  int listens = 0;
  socklen_t size = sizeof listens;
  if (::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || listens == 0) return false;
  sockaddr_in at{};
  size = sizeof at;
  return ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&at), &size) == 0 &&
         at.sin_family == AF_INET && at.sin_port == htons(port);
}

bool is_passed(const ListenAddress& address) {
  return address.descriptor >= 0;
}

/// Returns whether CivetWeb cannot listen there.
bool needs_own_socket(const ListenAddress& address) {
  return is_passed(address) || !address.path.empty() || address.host.find(':') != std::string::npos;
}

/// Takes a socket over from systemd, which may have left it blocking.
Descriptor passed_socket(const ListenAddress& address) {
  ::fcntl(address.descriptor, F_SETFD, FD_CLOEXEC);
  ::fcntl(address.descriptor, F_SETFL, O_NONBLOCK);
  return Descriptor(address.descriptor);
}

Descriptor own_socket(ListenAddress& address) {
  if (is_passed(address)) return passed_socket(address);
  if (!address.path.empty()) return unix_socket(address);
  return std::move(listening_sockets(address).front());
}

/// Makes the descriptor that listens on a loopback port of IPv4 one of `socket`. Returns it; nullopt = it is
/// not there.
std::optional<int> replace_listener(std::uint16_t port, const Descriptor& socket) {
  std::error_code no_proc;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", no_proc)) {
    const int descriptor = std::stoi(entry.path().filename());
    if (!listens_on(descriptor, port)) continue;
    if (::dup3(socket.get(), descriptor, O_CLOEXEC) == descriptor) return descriptor;
    break;
  }
  return std::nullopt;
}

}  // namespace

OwnSockets::OwnSockets(const std::vector<ListenAddress>& listen) : addresses_(listen) {
  for (ListenAddress& address : addresses_) {
    sockets_.push_back(needs_own_socket(address) ? own_socket(address) : Descriptor());
  }
  if (std::ranges::any_of(addresses_, is_passed))
    bell_ = Descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
}

OwnSockets::~OwnSockets() {
  for (std::size_t i = 0; i < sockets_.size(); ++i) {
    const ListenAddress& address = addresses_[i];
    if (!address.path.empty() && !is_passed(address)) ::unlink(address.path.c_str());
  }
}

std::vector<ListenAddress> OwnSockets::placeholders() const {
  std::vector<ListenAddress> placeholders = addresses_;
  for (ListenAddress& address : placeholders) {
    if (needs_own_socket(address)) address = {"127.0.0.1", 0};
  }
  if (bell_.get() >= 0) placeholders.push_back({"127.0.0.1", 0});
  return placeholders;
}

std::vector<ListenAddress> OwnSockets::addresses(const std::vector<std::uint16_t>& ports) const {
  std::vector<ListenAddress> addresses = addresses_;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    if (!needs_own_socket(addresses[i])) addresses[i].port = ports[i];
    addresses[i].descriptor = -1;  // CivetWeb has its own one by now
  }
  return addresses;
}

bool OwnSockets::take_over(const std::vector<std::uint16_t>& ports) {
  bool are_all_there = true;
  for (std::size_t i = 0; i < sockets_.size(); ++i) {
    if (sockets_[i].get() < 0) continue;
    const auto listener = replace_listener(ports[i], sockets_[i]);
    are_all_there = listener && are_all_there;
    if (listener && is_passed(addresses_[i])) passed_.push_back(*listener);
    sockets_[i] = Descriptor();
  }
  if (bell_.get() >= 0) are_all_there = replace_listener(ports.back(), bell_) && are_all_there;
  return are_all_there;
}

void OwnSockets::leave() {
  for (const int listener : passed_) ::dup3(bell_.get(), listener, O_CLOEXEC);
}

void OwnSockets::wake() {
  if (bell_.get() >= 0) ::eventfd_write(bell_.get(), 1);
}

}  // namespace dbpool
