#include "daemon/systemd_sockets.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "dbpool/model/error.hpp"
#include "support/passed_sockets.hpp"

namespace dbpool {
namespace {

Environment passing(int count) {
  return {{"LISTEN_PID", std::to_string(::getpid())}, {"LISTEN_FDS", std::to_string(count)}};
}

std::string refusal_of(const Environment& environment) {
  try {
    systemd_sockets(environment);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

/// Puts a descriptor where systemd passes the first one, for a while.
class AtThree {
 public:
  explicit AtThree(const Descriptor& socket) : before_(::dup(3)) { ::dup2(socket.get(), 3); }
  AtThree(const AtThree&) = delete;
  AtThree& operator=(const AtThree&) = delete;
  ~AtThree() {
    if (before_.get() >= 0) {
      ::dup2(before_.get(), 3);
    } else {
      ::close(3);
    }
  }

 private:
  Descriptor before_;  // empty: none was there
};

TEST_CASE("a socket that systemd has passed is served, with its address") {
  std::uint16_t port = 0;
  const Descriptor socket = listening_on_port(port);
  const AtThree passed(socket);
  const auto sockets = systemd_sockets(passing(1));
  REQUIRE(sockets.size() == 1);
  CHECK(sockets[0] == ListenAddress{"127.0.0.1", port, "", 3});
}

TEST_CASE("without sockets of systemd the start fails, and says what is allowed") {
  for (const Environment& environment :
       {Environment{}, Environment{{"LISTEN_FDS", "1"}},
        Environment{{"LISTEN_PID", "1"}, {"LISTEN_FDS", "1"}}, passing(0), passing(-1), passing(61)}) {
    CHECK(refusal_of(environment).find("allowed: 1 to 60, by a .socket unit") != std::string::npos);
  }
}

TEST_CASE("a passed descriptor that does not listen is refused") {
  std::uint16_t port = 0;
  const Descriptor does_not_listen(bound_socket(port));
  const Descriptor datagrams(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const Descriptor no_socket(::dup(0));
  for (const Descriptor* const bad : {&does_not_listen, &datagrams, &no_socket}) {
    const AtThree passed(*bad);
    CHECK(refusal_of(passing(1)).find("descriptor 3 is not a stream socket that listens") !=
          std::string::npos);
  }
}

}  // namespace
}  // namespace dbpool
