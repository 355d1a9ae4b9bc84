#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace dbpool {

/// Bounds the bytes that request bodies hold at once. Any thread may call it.
class BodyRoom {
 public:
  explicit BodyRoom(std::size_t most) noexcept : most_(most) {}

  /// Takes `bytes` if they are free. Returns whether they were.
  bool take(std::size_t bytes) noexcept;
  /// REQUIRES: the bytes were taken.
  void give_back(std::size_t bytes) noexcept;

 private:
  const std::size_t most_;
  std::atomic<std::size_t> taken_ = 0;
};

/// The part of a room that one body holds; the destructor gives it back. The first `free_bytes` of a body are
/// not counted, so that small ones are always read. Without a room, any size fits.
class RoomShare {
 public:
  static constexpr std::size_t free_bytes = std::size_t{64} << 10U;

  explicit RoomShare(std::shared_ptr<BodyRoom> room = nullptr) noexcept : room_(std::move(room)) {}
  RoomShare(RoomShare&& other) noexcept
      : room_(std::move(other.room_)), held_(std::exchange(other.held_, 0)) {}
  RoomShare& operator=(RoomShare&& other) noexcept {
    std::swap(room_, other.room_);
    std::swap(held_, other.held_);
    return *this;
  }
  ~RoomShare() {
    if (room_) room_->give_back(held_);
  }

  /// Makes the share large enough for a body of `bytes`; it never shrinks. Returns whether there was room.
  bool grow_to(std::size_t bytes) noexcept;

 private:
  std::shared_ptr<BodyRoom> room_;
  std::size_t held_ = 0;
};

}  // namespace dbpool
