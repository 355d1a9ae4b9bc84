#include "daemon/systemd_sockets.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>

#include "dbpool/model/error.hpp"
#include "web/local_address.hpp"

namespace dbpool {
namespace {

constexpr int first_passed = 3;
constexpr int most_passed = 60;  // the web server reports the ports of 64 at most

/// Returns the number in a variable; 0 = it is not set, or not a number.
int number_in(const Environment& environment, const std::string& variable) {
  int number = 0;
  const auto found = environment.find(variable);
  if (found == environment.end()) return 0;
  const char* const end = found->second.data() + found->second.size();
  const auto parsed = std::from_chars(found->second.data(), end, number);
  return parsed.ec == std::errc() && parsed.ptr == end ? number : 0;
}

bool has_option(int descriptor, int option, int wanted) {
  int value = 0;
  socklen_t size = sizeof value;
  return ::getsockopt(descriptor, SOL_SOCKET, option, &value, &size) == 0 && value == wanted;
}

ListenAddress passed_address(int descriptor) {
  auto address = local_address(descriptor);
  const bool listens =
      address && has_option(descriptor, SO_TYPE, SOCK_STREAM) && has_option(descriptor, SO_ACCEPTCONN, 1);
  if (!listens) {
    throw Error(
        fmt::format("serve on the sockets of systemd: descriptor {} is not a stream socket that listens; "
                    "allowed: ListenStream= in the .socket unit, with Accept=no",
                    descriptor));
  }
  address->descriptor = descriptor;
  return *std::move(address);
}

}  // namespace

std::vector<ListenAddress> systemd_sockets(const Environment& environment) {
  const int count =
      number_in(environment, "LISTEN_PID") == ::getpid() ? number_in(environment, "LISTEN_FDS") : 0;
  if (count < 1 || count > most_passed) {
    throw Error(
        fmt::format("serve on the sockets of systemd: it has passed {}; allowed: 1 to {}, by a .socket unit "
                    "that starts this service, or no --web.systemd-socket",
                    count, most_passed));
  }
  std::vector<ListenAddress> sockets;
  for (int i = 0; i < count; ++i) sockets.push_back(passed_address(first_passed + i));
  return sockets;
}

}  // namespace dbpool
