#include "sources/push/events/inbox_socket.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <system_error>

#include "dbpool/model/error.hpp"
#include "model/ascii.hpp"
#include "sources/push/events/inbox.hpp"

namespace dbpool {

Descriptor datagram_socket(int family, const std::string& address) {
  Descriptor socket(::socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) refuse_inbox(address);
  const int wanted = 4 << 20;  // the system takes less where net.core.rmem_max says so
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUF, &wanted, sizeof wanted);
  return socket;
}

std::size_t Inbox::buffer() const noexcept {
  int bytes = 0;
  socklen_t size = sizeof bytes;
  ::getsockopt(descriptor(), SOL_SOCKET, SO_RCVBUF, &bytes, &size);
  return static_cast<std::size_t>(bytes);
}

void refuse_inbox(const std::string& address, const std::string& why) {
  throw Error("receive on " + address + ": " + why);
}

void refuse_inbox(const std::string& address) {
  std::string words = std::generic_category().message(errno);
  if (!words.empty()) words.front() = ascii_lower(words.front());
  refuse_inbox(address, words);
}

}  // namespace dbpool
