#include "sources/prometheus/lines.hpp"

#include "dbpool/model/error.hpp"

namespace dbpool {

std::optional<std::string_view> Lines::next() {
  const std::string_view part = piece_.substr(0, piece_.find('\n'));
  check_length(begun_.size() + part.size());
  if (part.size() == piece_.size()) {
    begun_ += part;
    piece_ = {};
    return std::nullopt;
  }
  piece_.remove_prefix(part.size() + 1);
  ++number_;
  if (begun_.empty()) return part;
  begun_ += part;
  joined_.swap(begun_);
  begun_.clear();
  return joined_;
}

void Lines::check_length(std::size_t length) const {
  if (length <= longest_) return;
  throw Error("line " + std::to_string(number_ + 1) + " of its answer is longer than " +
              std::to_string(longest_) + " bytes");
}

}  // namespace dbpool
