#include "web/own_request.hpp"

#include <doctest/doctest.h>

#include "support/eventually.hpp"
#include "support/passed_sockets.hpp"

namespace dbpool {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a request of one's own is answered when the server sends or closes") {
  std::uint16_t port = 0;
  const Descriptor server = listening_on_port(port);
  for (const char* host : {"127.0.0.1", "", "0.0.0.0", "localhost"}) {
    const OwnRequest request({host, port});
    CHECK_FALSE(request.is_answered());
    Descriptor accepted(::accept4(server.get(), nullptr, nullptr, SOCK_CLOEXEC));
    CHECK_FALSE(request.is_answered());
    if (*host == '\0') {
      accepted = Descriptor();
    } else {
      ::send(accepted.get(), "H", 1, MSG_NOSIGNAL);
    }
    CHECK(eventually([&] { return request.is_answered(); }, 5s));
  }
}

TEST_CASE("a request to a server that is not there is not answered") {
  CHECK_FALSE(OwnRequest({"127.0.0.1", free_port()}).is_answered());
  CHECK_FALSE(OwnRequest({"", 0, "/nonexistent/web.sock"}).is_answered());
  CHECK_FALSE(OwnRequest({"::", free_port()}).is_answered());
}

}  // namespace
}  // namespace dbpool
