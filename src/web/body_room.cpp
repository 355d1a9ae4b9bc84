#include "web/body_room.hpp"

#include <algorithm>

namespace dbpool {

bool BodyRoom::take(std::size_t bytes) noexcept {
  std::size_t taken = taken_;
  do {
    if (bytes > most_ - taken) return false;
  } while (!taken_.compare_exchange_weak(taken, taken + bytes));
  return true;
}

void BodyRoom::give_back(std::size_t bytes) noexcept {
  taken_ -= bytes;
}

bool RoomShare::grow_to(std::size_t bytes) noexcept {
  const std::size_t wanted = bytes - std::min(bytes, free_bytes);
  if (!room_ || wanted <= held_) return true;
  if (!room_->take(wanted - held_)) return false;
  held_ = wanted;
  return true;
}

}  // namespace dbpool
