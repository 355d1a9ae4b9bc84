#include "sources/push/events/inbox.hpp"

#include <doctest/doctest.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "dbpool/model/error.hpp"
#include "support/datagram_sender.hpp"
#include "support/servers/child_process.hpp"

using namespace dbpool;
using test::DatagramSender;

namespace fs = std::filesystem;

namespace {

/// Returns the error of opening an inbox; "" if it opens.
template <typename Options, typename Open>
std::string refusal(const Open& open, const Options& options) {
  try {
    open(options);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

unsigned mode_of(const fs::path& path) {
  struct stat found {};
  CHECK(::lstat(path.c_str(), &found) == 0);
  return found.st_mode & 0777U;
}

/// Returns a path in a directory of its own.
struct PlaceForSocket {
  TemporaryDirectory directory;
  std::string path = (directory.path() / "events.sock").string();
};

/// Leaves a socket that no process has open.
void leave_stale(const std::string& path) {
  const Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const DatagramSender to(path);
  REQUIRE(::bind(socket.get(), to.to(), to.size()) == 0);
}

}  // namespace

TEST_CASE(
    "a path receives, has the mode that was asked for whatever the umask is, and leaves with its inbox") {
  const PlaceForSocket place;
  const mode_t before = ::umask(077);
  auto inbox = open_path_inbox({.path = place.path, .mode = 0662});
  ::umask(before);
  CHECK(mode_of(place.path) == 0662);
  CHECK(inbox->address() == place.path);
  CHECK(inbox->is_in_place());
  CHECK(DatagramSender(place.path).send("x") == 0);
  inbox.reset();
  CHECK_FALSE(fs::exists(place.path));
}

TEST_CASE("a socket that a dead process has left is taken over") {
  const PlaceForSocket place;
  leave_stale(place.path);
  CHECK(DatagramSender(place.path).send("x") == ECONNREFUSED);
  const auto inbox = open_path_inbox({.path = place.path});
  CHECK(DatagramSender(place.path).send("x") == 0);
}

TEST_CASE("a socket that another process receives on is an error, and goes on") {
  const PlaceForSocket place;
  const auto inbox = open_path_inbox({.path = place.path});
  CHECK(refusal(open_path_inbox, PathOptions{place.path}) ==
        "receive on " + place.path + ": another process receives there");
  CHECK(inbox->is_in_place());
  CHECK(DatagramSender(place.path).send("x") == 0);
}

TEST_CASE("a path that is not a socket stays as it is") {
  const PlaceForSocket place;
  std::ofstream(place.path) << "precious";
  CHECK(refusal(open_path_inbox, PathOptions{place.path}) ==
        "receive on " + place.path + ": the path is not a socket; it stays as it is");
  CHECK(fs::file_size(place.path) == 8);
  fs::remove(place.path);
  fs::create_symlink(place.directory.path() / "elsewhere", place.path);
  CHECK(refusal(open_path_inbox, PathOptions{place.path}).ends_with("it stays as it is"));
  CHECK(fs::is_symlink(place.path));
}

TEST_CASE("a path that cannot be is refused with the reason") {
  const PlaceForSocket place;
  const std::string missing = place.path + ".d/events.sock", longer = "/" + std::string(107, 'x');
  CHECK(refusal(open_path_inbox, PathOptions{missing}) ==
        "receive on " + missing + ": the directory " + place.path + ".d does not exist");
  CHECK(refusal(open_path_inbox, PathOptions{longer}) ==
        "receive on " + longer + ": the path has 108 bytes; allowed: 1 to 107");
  CHECK(refusal(open_path_inbox, PathOptions{""}) == "receive on : the path has 0 bytes; allowed: 1 to 107");
  CHECK(refusal(open_path_inbox, PathOptions{.path = place.path, .group = "no-such-group"}) ==
        "receive on " + place.path + ": the group no-such-group is not known");
  CHECK_FALSE(fs::exists(place.path));
}

TEST_CASE("a socket has the group that was asked for") {
  const PlaceForSocket place;
  const group* const own = ::getgrgid(::getgid());
  if (own == nullptr) return;
  const auto inbox = open_path_inbox({.path = place.path, .group = own->gr_name});
  struct stat found {};
  CHECK(::lstat(place.path.c_str(), &found) == 0);
  CHECK(found.st_gid == ::getgid());
}

TEST_CASE("an inbox sees that its path was removed or replaced, and removes no other's") {
  const PlaceForSocket place;
  auto inbox = open_path_inbox({.path = place.path});
  fs::remove(place.path);
  CHECK_FALSE(inbox->is_in_place());
  const auto other = open_path_inbox({.path = place.path});
  CHECK_FALSE(inbox->is_in_place());
  inbox.reset();
  CHECK(other->is_in_place());
}

TEST_CASE("a UDP port receives, and reports the port that the system chose") {
  const auto inbox = open_udp_inbox({.host = "127.0.0.1", .port = 0});
  const std::string& address = inbox->address();
  CHECK(address.starts_with("127.0.0.1:"));
  const auto port = static_cast<std::uint16_t>(std::stoi(address.substr(address.find(':') + 1)));
  CHECK(port != 0);
  CHECK(DatagramSender(port).send("x") == 0);
  CHECK(inbox->is_in_place());
  CHECK(refusal(open_udp_inbox, UdpOptions{.host = "127.0.0.1", .port = port}) ==
        "receive on " + address + ": address already in use");
}

TEST_CASE("a UDP host is an address or localhost") {
  CHECK(open_udp_inbox({.host = "localhost", .port = 0})->address().starts_with("localhost:"));
  CHECK(
      refusal(open_udp_inbox, UdpOptions{.host = "db.example", .port = 8125}) ==
      "receive on db.example:8125: the host is not an address; allowed: an IPv4 or IPv6 address, localhost");
}
