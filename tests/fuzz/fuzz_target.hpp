#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace dbpool::test {

/// Aborts when a property does not hold: libFuzzer then keeps the input, and the replay of the corpus fails.
/// `shown`: the text that violates the property.
inline void require(bool holds, const char* property, std::string_view shown = {}) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n%.*s\n", property, static_cast<int>(shown.size()), shown.data());
  std::abort();
}

/// The fuzzer's bytes, read from the front.
class Input {
 public:
  Input(const std::uint8_t* bytes, std::size_t size) : rest_(reinterpret_cast<const char*>(bytes), size) {}

  /// Returns the remaining bytes up to the next `end` or the end of the input; drops the `end`.
  std::string_view until(char end) {
    const std::string_view part = rest_.substr(0, rest_.find(end));
    rest_.remove_prefix(part.size() < rest_.size() ? part.size() + 1 : part.size());
    return part;
  }
  std::string_view line() { return until('\n'); }
  std::string_view rest() const { return rest_; }
  bool empty() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

}  // namespace dbpool::test

/// Defined by each target: runs one input and requires its properties. Returns 0.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);
