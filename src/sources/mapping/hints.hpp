#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace dbpool {

/// The hints of one reading. Several pools with the same trouble give one hint, so that it stays the same
/// while pools come and go.
class Hints {
 public:
  /// Adds a hint, unless there is one of the same kind already, or there are too many.
  void add(const std::string& kind, std::string text) {
    constexpr std::size_t most = 20;
    if (texts_.size() < most && kinds_.insert(kind).second) texts_.push_back(std::move(text));
  }
  std::vector<std::string> take() { return std::move(texts_); }

 private:
  std::set<std::string> kinds_;
  std::vector<std::string> texts_;
};

}  // namespace dbpool
