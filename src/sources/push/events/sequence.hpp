#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>

namespace dbpool {

/// The numbers of one client's datagrams, 1, 2, 3 …, which show how many were lost. A value.
class Sequence {
 public:
  /// How far a number may be behind the highest one: a late datagram is not older than that.
  static constexpr std::uint64_t window = 1024;
  /// The largest gap that is a loss. Beyond it the client has begun anew.
  static constexpr std::uint64_t longest_gap = 1'000'000;

  /// The first number begins the sequence.
  explicit Sequence(std::uint64_t first) { begin(first); }

  /// Adds a number. Returns false if it has arrived before. A number that is behind the window, and 1 when it
  /// has arrived before, begin anew: the client has started again under its old name.
  bool arrive(std::uint64_t number);
  /// Returns the numbers that are missing since the first; less when a late one arrives.
  std::uint64_t lost() const noexcept { return lost_; }

 private:
  void begin(std::uint64_t number);
  bool advance(std::uint64_t number);
  bool look_back(std::uint64_t number);

  std::bitset<window> arrived_;  ///< by the number modulo the window; of the last `window` numbers
  std::uint64_t first_ = 0, highest_ = 0, lost_ = 0;
};

}  // namespace dbpool
