#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "sources/push/events/inbox.hpp"

namespace dbpool {

/// A received datagram. The view is valid until the next batch.
struct Datagram {
  std::string_view bytes;
  bool is_cut = false;  ///< it was longer than the room for one
};

/// Receives datagrams, up to 64 with one system call. Has room for 64 KiB each; the system gives that memory
/// when it is first used. Not thread-safe.
class DatagramBatch {
 public:
  static constexpr std::size_t most = 64;
  static constexpr std::size_t room = std::size_t{64} << 10U;

  DatagramBatch();
  ~DatagramBatch();
  DatagramBatch(const DatagramBatch&) = delete;
  DatagramBatch& operator=(const DatagramBatch&) = delete;

  /// Receives what is there, without waiting. Returns nothing if nothing is there. On a path there is no room
  /// for control messages, so that the system closes the descriptors that a sender passes along.
  std::span<const Datagram> receive(const Inbox& inbox);
  /// Returns how many datagrams the system has dropped since the call before.
  std::uint64_t take_dropped() noexcept;

 private:
  struct Headers;
  void prepare(const Inbox& inbox);
  void note_drops(std::size_t message);

  std::unique_ptr<char[]> bytes_;
  std::unique_ptr<Headers> headers_;
  std::vector<Datagram> datagrams_;
  std::uint32_t drops_seen_ = 0;  ///< as the system counts them, modulo 2^32
  std::uint64_t dropped_ = 0;
};

}  // namespace dbpool
