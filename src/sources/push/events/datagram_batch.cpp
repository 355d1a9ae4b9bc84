#include "sources/push/events/datagram_batch.hpp"

#include <sys/socket.h>

#include <array>
#include <cstring>
#include <utility>

namespace dbpool {

/// What recvmmsg reads and writes. Room for one control message: the count of drops.
struct DatagramBatch::Headers {
  struct alignas(cmsghdr) Control {
    std::array<char, CMSG_SPACE(sizeof(std::uint32_t))> bytes;
  };
  std::array<mmsghdr, most> messages{};
  std::array<iovec, most> pieces{};
  std::array<Control, most> controls{};
};

DatagramBatch::DatagramBatch()
    : bytes_(std::make_unique_for_overwrite<char[]>(most * room)), headers_(std::make_unique<Headers>()) {
  datagrams_.reserve(most);
}

DatagramBatch::~DatagramBatch() = default;

void DatagramBatch::prepare(const Inbox& inbox) {
  for (std::size_t i = 0; i < most; ++i) {
    headers_->pieces[i] = {bytes_.get() + i * room, room};
    msghdr& header = headers_->messages[i].msg_hdr;
    header = {};
    header.msg_iov = &headers_->pieces[i];
    header.msg_iovlen = 1;
    if (!inbox.counts_drops()) continue;
    header.msg_control = headers_->controls[i].bytes.data();
    header.msg_controllen = headers_->controls[i].bytes.size();
  }
}

std::span<const Datagram> DatagramBatch::receive(const Inbox& inbox) {
  prepare(inbox);
  datagrams_.clear();
  const int received = ::recvmmsg(inbox.descriptor(), headers_->messages.data(), most, MSG_DONTWAIT, nullptr);
  for (std::size_t i = 0; std::cmp_less(i, received); ++i) {
    const mmsghdr& message = headers_->messages[i];
    datagrams_.push_back(
        {{bytes_.get() + i * room, message.msg_len}, (message.msg_hdr.msg_flags & MSG_TRUNC) != 0});
    note_drops(i);
  }
  return datagrams_;
}

void DatagramBatch::note_drops(std::size_t message) {
  msghdr& header = headers_->messages[message].msg_hdr;
  for (cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr; part = CMSG_NXTHDR(&header, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SO_RXQ_OVFL) continue;
    std::uint32_t drops = 0;
    std::memcpy(&drops, CMSG_DATA(part), sizeof drops);
    dropped_ += drops - std::exchange(drops_seen_, drops);
  }
}

std::uint64_t DatagramBatch::take_dropped() noexcept {
  return std::exchange(dropped_, 0);
}

}  // namespace dbpool
