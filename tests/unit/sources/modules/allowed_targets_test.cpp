#include "sources/modules/allowed_targets.hpp"

#include <doctest/doctest.h>

#include <initializer_list>

using namespace dbpool;

namespace {

AllowedTargets allowing(std::initializer_list<std::string> entries) {
  AllowedTargets allowed;
  for (const std::string& entry : entries) allowed.add(read_allowed_target(entry).value());
  return allowed;
}

bool may_allow(const AllowedTargets& allowed, const std::string& target) {
  return allowed.may_allow(read_module_target(target).value());
}

/// Returns whether a name is allowed at one of its addresses.
bool allows_at(const AllowedTargets& allowed, const std::string& target, const std::string& address) {
  return allowed.allow(read_module_target(target).value(), read_ip_address(address).value());
}

}  // namespace

TEST_CASE("a pattern allows the names that it matches, at its port") {
  const AllowedTargets allowed = allowing({"pgb-*.db.svc:6432"});
  CHECK(may_allow(allowed, "pgb-1.db.svc:6432"));
  CHECK(may_allow(allowed, "pgb-.db.svc:6432"));
  CHECK(may_allow(allowed, "PGB-1.DB.svc:6432"));
  CHECK_FALSE(may_allow(allowed, "pgb-1.db.svc:5432"));
  CHECK_FALSE(may_allow(allowed, "xpgb-1.db.svc:6432"));
  CHECK_FALSE(may_allow(allowed, "pgb-1.db.svcx:6432"));
  CHECK_FALSE(may_allow(allowed, "pgb-1:6432"));
  CHECK_FALSE(may_allow(allowed, "10.1.2.3:6432"));
}

TEST_CASE("a star stays within its label, so that no other domain matches") {
  CHECK_FALSE(may_allow(allowing({"pgb-*:6432"}), "pgb-x.attacker.example:6432"));
  CHECK_FALSE(may_allow(allowing({"*.svc:6432"}), "a.b.svc:6432"));
  CHECK(may_allow(allowing({"*.*.svc:6432"}), "a.b.svc:6432"));
  CHECK(may_allow(allowing({"a*c*e:1"}), "abcde:1"));
  CHECK(may_allow(allowing({"a*c*e:1"}), "accee:1"));
  CHECK_FALSE(may_allow(allowing({"a*c*e:1"}), "abde:1"));
  CHECK_FALSE(may_allow(allowing({"*:1"}), "a.b:1"));
}

TEST_CASE("a port may be any") {
  const AllowedTargets allowed = allowing({"db:*", "10.1.0.0/16:*"});
  CHECK(may_allow(allowed, "db:1"));
  CHECK(may_allow(allowed, "10.1.2.3:65535"));
}

TEST_CASE("a range allows its addresses, and names by theirs") {
  const AllowedTargets allowed = allowing({"10.1.0.0/16:6432", "[fd00::/8]:6432"});
  CHECK(may_allow(allowed, "10.1.2.3:6432"));
  CHECK(may_allow(allowed, "[fd12::1]:6432"));
  CHECK_FALSE(may_allow(allowed, "10.2.0.1:6432"));
  CHECK_FALSE(may_allow(allowed, "10.1.2.3:5432"));
  CHECK(may_allow(allowed, "any.example:6432"));
  CHECK_FALSE(may_allow(allowed, "any.example:5432"));
  CHECK(allows_at(allowed, "any.example:6432", "10.1.2.3"));
  CHECK_FALSE(allows_at(allowed, "any.example:6432", "10.2.0.1"));
}

TEST_CASE("a name that a pattern allows may be anywhere but where only addresses lead") {
  const AllowedTargets allowed = allowing({"*.db:6432", "localhost:6432"});
  CHECK(allows_at(allowed, "a.db:6432", "203.0.113.7"));
  for (const auto* const address :
       {"127.0.0.1", "::1", "0.0.0.0", "169.254.169.254", "fe80::1", "fd00:ec2::254", "::ffff:127.0.0.1"}) {
    CAPTURE(address);
    CHECK_FALSE(allows_at(allowed, "a.db:6432", address));
  }
  CHECK(allows_at(allowed, "localhost:6432", "127.0.0.1"));
  CHECK(allows_at(allowed, "localhost:6432", "::1"));
  CHECK_FALSE(allows_at(allowed, "localhost:6432", "169.254.169.254"));
}

TEST_CASE("loopback and link-local addresses are allowed only if they are written") {
  const AllowedTargets wide = allowing({"0.0.0.0/0:*", "[::/0]:*"});
  CHECK(may_allow(wide, "10.1.2.3:80"));
  for (const auto* const target : {"127.0.0.1:80", "0.0.0.0:80", "169.254.169.254:80", "[::1]:80",
                                   "[fe80::1]:80", "[::ffff:127.0.0.1]:80"}) {
    CAPTURE(target);
    CHECK_FALSE(may_allow(wide, target));
  }
  CHECK(may_allow(allowing({"127.0.0.1:80"}), "127.0.0.1:80"));
  CHECK(may_allow(allowing({"127.0.0.0/30:80"}), "127.0.0.3:80"));
  CHECK(may_allow(allowing({"[::1]:80"}), "[::1]:80"));
  CHECK(may_allow(allowing({"169.254.0.0/16:80"}), "169.254.169.254:80"));
  CHECK_FALSE(may_allow(allowing({"126.0.0.0/7:80"}), "127.0.0.1:80"));
}

TEST_CASE("a name of a pattern may have the loopback address that another entry writes") {
  const AllowedTargets allowed = allowing({"*.db:6432", "127.0.0.1:6432"});
  CHECK(allows_at(allowed, "a.db:6432", "127.0.0.1"));
  CHECK_FALSE(allows_at(allowed, "a.db:6432", "127.0.0.2"));
}

TEST_CASE("nothing is allowed by no entry") {
  CHECK_FALSE(may_allow({}, "db:6432"));
  CHECK_FALSE(may_allow({}, "10.1.2.3:6432"));
}

TEST_CASE("an entry that could allow nothing, or is not understood, is none") {
  for (const auto* const entry :
       {"", "db", "db:", ":6432", "db:0", "db:99999", "db:x", "db:**", "10.1.*:6432", "10.1.0.1/16:6432",
        "fd00::1:6432", "[fd00::1:6432", "[db]:6432", "a b:6432", "user@db:6432", "http://db:6432",
        "db:6432/x", "/run/pg:6432", "a..b:6432"}) {
    CAPTURE(entry);
    CHECK_FALSE(read_allowed_target(entry));
  }
}
