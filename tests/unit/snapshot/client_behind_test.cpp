#include "snapshot/client_behind.hpp"

#include <doctest/doctest.h>

using namespace dbpool;

TEST_CASE("the client behind a session is the one whose server has its process and its port") {
  const PooledClient billing{"pgb", "billing", "alice", "app", "10.0.0.9:40022"},
      web{"pgb", "web", "", "", ""};
  const std::vector<LentServer> lent{{4711, 51234U, billing}, {4712, std::nullopt, web}};
  struct Case {
    std::int64_t pid;
    std::optional<std::uint64_t> port;
    std::optional<PooledClient> expected;
  };
  for (const Case& c : {
           Case{4711, 51234U, billing},
           Case{4711, 51235U, std::nullopt},  // of another server
           Case{4711, std::nullopt, std::nullopt},
           Case{4712, std::nullopt, web},
           Case{4713, 51234U, std::nullopt},
       }) {
    ServerSession session;
    session.pid = c.pid;
    session.client_port = c.port;
    CAPTURE(c.pid);
    CHECK(client_behind(session, lent) == c.expected);
  }
}
