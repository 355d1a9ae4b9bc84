#include "sources/push/events/sequence.hpp"

namespace dbpool {

void Sequence::begin(std::uint64_t number) {
  first_ = highest_ = number;
  arrived_.reset();
  arrived_.set(number % window);
}

bool Sequence::arrive(std::uint64_t number) {
  return number > highest_ ? advance(number) : look_back(number);
}

bool Sequence::advance(std::uint64_t number) {
  const std::uint64_t gap = number - highest_ - 1;
  if (gap > longest_gap) {
    begin(number);
    return true;
  }
  if (gap >= window) arrived_.reset();
  for (std::uint64_t missing = highest_ + 1; gap < window && missing < number; ++missing)
    arrived_.reset(missing % window);
  arrived_.set(number % window);
  highest_ = number;
  lost_ += gap;
  return true;
}

bool Sequence::look_back(std::uint64_t number) {
  const bool has_arrived = highest_ - number < window && arrived_.test(number % window);
  if (highest_ - number >= window || (has_arrived && number == 1)) {
    begin(number);
    return true;
  }
  if (has_arrived) return false;
  arrived_.set(number % window);
  if (number > first_) --lost_;
  return true;
}

}  // namespace dbpool
