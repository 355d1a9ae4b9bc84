#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "dbpool_events/sender.hpp"

namespace dbpool_events {

/// Returns `text` without what ends a tag, at most `longest` bytes of it.
std::string clean(std::string_view text, std::size_t longest);

/// Collects lines into datagrams and numbers them. A line that is not sent leaves a number out. The socket is
/// opened at the first datagram, and anew after an error, at most once a second. One thread.
class DatagramWriter {
 public:
  /// throws std::invalid_argument.
  explicit DatagramWriter(std::string_view address);
  ~DatagramWriter();
  DatagramWriter(const DatagramWriter&) = delete;
  DatagramWriter& operator=(const DatagramWriter&) = delete;

  void add(const Event& event);
  void flush();
  /// Leaves out the numbers of lines that were dropped before.
  void skip(std::uint64_t lines) noexcept { sequence_ += lines; }
  /// Returns the number of lines that were not sent.
  std::uint64_t failed() const noexcept { return failed_; }

 private:
  bool send();
  bool open();
  void close() noexcept;

  std::string path_;         ///< of the Unix socket; empty: UDP
  std::string host_, port_;  ///< of UDP
  std::size_t limit_;        ///< bytes of a datagram
  std::string client_, line_, datagram_;
  int socket_ = -1;
  bool late_ = false;  ///< the last datagram had to wait too long
  std::chrono::steady_clock::time_point may_open_{};
  std::uint64_t sequence_ = 0, lines_ = 0, failed_ = 0;
};

}  // namespace dbpool_events
