#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace dbpool {

/// Makes digests of secrets, by which they can be recognized but not guessed: HMAC-SHA256 under a random key
/// that never leaves the object. Any thread may call it.
class KeyedDigest {
 public:
  static constexpr std::size_t size = 32;
  using Value = std::array<unsigned char, size>;

  /// throws Error: the system has no random numbers.
  KeyedDigest();

  /// Returns the digest of a list of texts; different lists have different digests.
  Value of(std::span<const std::string_view> texts) const;

 private:
  Value key_{};
};

}  // namespace dbpool
