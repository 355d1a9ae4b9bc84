#include "sources/modules/ip_range.hpp"

#include <doctest/doctest.h>

using namespace dbpool;

namespace {

bool is_in(const std::string& range, const std::string& address) {
  return read_ip_range(range).value().contains(read_ip_address(address).value());
}

bool is_guarded(const std::string& address) {
  return guarded_range(read_ip_address(address).value()) != nullptr;
}

}  // namespace

TEST_CASE("an address has one spelling, whichever it was written in") {
  CHECK(text_of(read_ip_address("10.1.2.3").value()) == "10.1.2.3");
  CHECK(text_of(read_ip_address("::ffff:10.1.2.3").value()) == "10.1.2.3");
  CHECK(text_of(read_ip_address("FD00:0:0::1").value()) == "fd00::1");
}

TEST_CASE("what systems read as an address but people do not is no address") {
  for (const auto* const text : {"", "127.1", "2130706433", "0x7f.0.0.1", "010.0.0.1", "1.2.3.4.5",
                                 "fe80::1%lo", "[::1]", "a", "1.2.3.4 "}) {
    CAPTURE(text);
    CHECK_FALSE(read_ip_address(text));
  }
}

TEST_CASE("a range has the addresses that begin with its bits") {
  CHECK(is_in("10.1.0.0/16", "10.1.255.255"));
  CHECK_FALSE(is_in("10.1.0.0/16", "10.2.0.0"));
  CHECK(is_in("10.1.2.0/23", "10.1.3.4"));
  CHECK_FALSE(is_in("10.1.2.0/23", "10.1.4.0"));
  CHECK(is_in("10.1.2.3", "10.1.2.3"));
  CHECK_FALSE(is_in("10.1.2.3", "10.1.2.4"));
  CHECK(is_in("fd00::/9", "fd7f::1"));
  CHECK_FALSE(is_in("fd00::/9", "fd80::1"));
}

TEST_CASE("the widest range of one version of IP has no address of the other") {
  CHECK(is_in("0.0.0.0/0", "255.255.255.255"));
  CHECK(is_in("::/0", "ffff::1"));
  CHECK_FALSE(is_in("0.0.0.0/0", "fd00::1"));
  CHECK_FALSE(is_in("::/0", "10.1.2.3"));
  CHECK_FALSE(is_in("::/0", "::ffff:10.1.2.3"));
}

TEST_CASE("a malformed range, or one whose address has further bits, is none") {
  for (const auto* const text : {"10.1.0.0/", "10.1.0.0/33", "10.1.0.0/-1", "10.1.0.0/1x", "10.1.0.1/16",
                                 "/8", "fd00::/129", "fd00::1/8", "db/8"}) {
    CAPTURE(text);
    CHECK_FALSE(read_ip_range(text));
  }
}

TEST_CASE("this host, its links and the metadata of clouds are guarded, in each spelling") {
  for (const auto* const text : {"127.0.0.1", "127.255.0.9", "0.0.0.0", "169.254.169.254", "::1",
                                 "::", "fe80::1", "febf::1", "fd00:ec2::254", "100.100.100.200",
                                 "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1"}) {
    CAPTURE(text);
    CHECK(is_guarded(text));
  }
  for (const auto* const text :
       {"10.1.2.3", "169.253.0.1", "192.168.0.1", "fd00::1", "fec0::1", "::2", "64:ff9b::a01:203"}) {
    CAPTURE(text);
    CHECK_FALSE(is_guarded(text));
  }
}
