#pragma once

#include <cstddef>

namespace dbpool::test {

/// Measures the memory that this program's operator new has handed out, from now on. A program that uses it
/// replaces operator new by linking live_bytes.cpp. One thread at a time.
class LiveBytes {
 public:
  LiveBytes();
  /// Returns the most bytes that were in use at once, beyond those at the start.
  std::size_t peak() const;

 private:
  std::size_t at_start_;
};

}  // namespace dbpool::test
