#include "sources/push/events/datagram_batch.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "support/datagram_sender.hpp"
#include "support/servers/child_process.hpp"

using namespace dbpool;
using test::DatagramSender;

namespace {

struct PathScene {
  TemporaryDirectory directory;
  std::unique_ptr<Inbox> inbox = open_path_inbox({.path = (directory.path() / "s").string()});
  DatagramSender sender{inbox->address()};
  DatagramBatch batch;
};

/// Sends a datagram with a descriptor.
void pass_descriptor(const DatagramSender& sender, int descriptor) {
  std::string text = "x";
  iovec piece{text.data(), text.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  sockaddr_storage to{};
  std::memcpy(&to, sender.to(), sender.size());
  msghdr message{};
  message.msg_name = &to;
  message.msg_namelen = sender.size();
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* const part = CMSG_FIRSTHDR(&message);
  part->cmsg_level = SOL_SOCKET;
  part->cmsg_type = SCM_RIGHTS;
  part->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(part), &descriptor, sizeof descriptor);
  REQUIRE(::sendmsg(sender.descriptor(), &message, 0) == 1);
}

}  // namespace

TEST_CASE("a batch has the datagrams that are there, an empty one too, and does not wait") {
  PathScene scene;
  CHECK(scene.batch.receive(*scene.inbox).empty());
  for (const char* text : {"one", "", "three"}) CHECK(scene.sender.send(text) == 0);
  const auto batch = scene.batch.receive(*scene.inbox);
  REQUIRE(batch.size() == 3);
  CHECK(batch[0].bytes == "one");
  CHECK(batch[1].bytes.empty());
  CHECK(batch[2].bytes == "three");
  CHECK(scene.batch.receive(*scene.inbox).empty());
  CHECK(scene.batch.take_dropped() == 0);
}

TEST_CASE("a datagram of 64 KiB is whole, and a longer one is cut") {
  PathScene scene;
  const std::string longest(DatagramBatch::room, 'x');
  CHECK(scene.sender.send(longest) == 0);
  CHECK(scene.sender.send(longest + "y") == 0);
  const auto batch = scene.batch.receive(*scene.inbox);
  REQUIRE(batch.size() == 2);
  CHECK(batch[0].bytes.size() == longest.size());
  CHECK_FALSE(batch[0].is_cut);
  CHECK(batch[1].is_cut);
}

TEST_CASE("a descriptor that a sender passes along is closed") {
  PathScene scene;
  std::array<int, 2> pipe{};
  REQUIRE(::pipe2(pipe.data(), O_CLOEXEC | O_NONBLOCK) == 0);
  const Descriptor reader(pipe[0]);
  pass_descriptor(scene.sender, pipe[1]);
  ::close(pipe[1]);
  char byte = 0;
  const bool is_on_its_way = ::read(reader.get(), &byte, 1) == -1 && errno == EAGAIN;
  CHECK(is_on_its_way);
  CHECK(scene.batch.receive(*scene.inbox).size() == 1);
  CHECK(::read(reader.get(), &byte, 1) == 0);  // no process has it open
}

TEST_CASE("what UDP drops is counted") {
  const auto inbox = open_udp_inbox({.host = "127.0.0.1", .port = 0});
  const std::string& address = inbox->address();
  const DatagramSender sender(static_cast<std::uint16_t>(std::stoi(address.substr(address.find(':') + 1))));
  const int least = 1;
  REQUIRE(::setsockopt(inbox->descriptor(), SOL_SOCKET, SO_RCVBUF, &least, sizeof least) == 0);
  const std::string datagram(1000, 'x');
  std::uint64_t sent = 0, received = 0;
  DatagramBatch batch;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 100; ++i) sent += sender.send(datagram) == 0 ? 1 : 0;
    for (std::size_t got = 1; got > 0; received += got) got = batch.receive(*inbox).size();
  }
  sent += sender.send(datagram) == 0 ? 1 : 0;  // it brings the count of the drops before it
  received += batch.receive(*inbox).size();
  CHECK(received < sent);
  CHECK(received + batch.take_dropped() == sent);
  CHECK(batch.take_dropped() == 0);
}
