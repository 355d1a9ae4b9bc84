#include "sources/modules/module_target.hpp"

#include <doctest/doctest.h>

using namespace dbpool;

TEST_CASE("a target is a host and a port") {
  const ModuleTarget named = read_module_target("pgb-1.db.svc:6432").value();
  CHECK(named.host == "pgb-1.db.svc");
  CHECK(named.port == 6432);
  CHECK_FALSE(named.address);
  const ModuleTarget numeric = read_module_target("10.1.2.3:65535").value();
  CHECK(numeric.host == "10.1.2.3");
  CHECK(numeric.address == read_ip_address("10.1.2.3"));
  const ModuleTarget v6 = read_module_target("[fd00::1]:1").value();
  CHECK(v6.host == "fd00::1");
  CHECK(v6.text() == "[fd00::1]:1");
}

TEST_CASE("each spelling of a target has one text") {
  CHECK(read_module_target("PGB.DB:6432").value().text() == "pgb.db:6432");
  CHECK(read_module_target("[FD00:0::1]:6432").value().text() == "[fd00::1]:6432");
  CHECK(read_module_target("[::ffff:10.1.2.3]:6432").value().text() == "10.1.2.3:6432");
}

TEST_CASE("whatever is more or less than a host and a port is no target") {
  const std::string long_name(252, 'a');
  for (const std::string& text : {std::string(),
                                  std::string("db"),
                                  std::string("db:"),
                                  std::string(":6432"),
                                  std::string("db:0"),
                                  std::string("db:06432"),
                                  std::string("db:65536"),
                                  std::string("db:+1"),
                                  std::string("db: 1"),
                                  std::string("db:6432 "),
                                  std::string("user@db:6432"),
                                  std::string("db:6432/x"),
                                  std::string("http://db:6432"),
                                  std::string("db?x:6432"),
                                  std::string("db=x:6432"),
                                  std::string("a,b:6432"),
                                  std::string("/run/pg:6432"),
                                  std::string("@pg:6432"),
                                  std::string("d b:6432"),
                                  std::string("db\n:6432"),
                                  std::string("db\0x:6432", 9),
                                  std::string("db\x80:6432"),
                                  std::string("::1:6432"),
                                  std::string("[::1:6432"),
                                  std::string("[db]:6432"),
                                  std::string("[10.1.2.3]:6432"),
                                  std::string("[fe80::1%lo]:6432"),
                                  std::string(".db:6432"),
                                  std::string("db.:6432"),
                                  std::string("a..b:6432"),
                                  std::string("db'x:6432"),
                                  std::string("*.db:6432"),
                                  long_name + ":6432"}) {
    CAPTURE(text);
    CHECK_FALSE(read_module_target(text));
  }
  CHECK(read_module_target(std::string(250, 'a') + ":6432"));
}

TEST_CASE("a number of which systems make an address is no host") {
  for (const auto* const host :
       {"127.1", "2130706433", "0x7f000001", "127.0.0.0x1", "0177.0.0.1", "1.2.3.4.5"}) {
    CAPTURE(host);
    CHECK_FALSE(read_module_target(std::string(host) + ":6432"));
  }
  CHECK(read_module_target("10.1.2.3.db:6432"));
}
