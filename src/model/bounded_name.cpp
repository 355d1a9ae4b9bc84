#include "model/bounded_name.hpp"

#include <array>
#include <charconv>
#include <cstdint>

#include "dbpool/model/pool_key.hpp"
#include "model/utf8.hpp"

namespace dbpool {
namespace {

/// Returns the 64-bit FNV-1a hash, which is the same on every machine and in every version.
std::uint64_t hash_of(std::string_view text) {
  constexpr std::uint64_t basis = 0xcbf29ce484222325, prime = 0x100000001b3;
  std::uint64_t hash = basis;
  for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * prime;
  return hash;
}

std::string mark_of(std::string_view name) {
  constexpr int hexadecimal = 16;
  std::array<char, sizeof(std::uint64_t) * 2> digits{};
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), hash_of(name), hexadecimal).ptr;
  return '~' + std::string(digits.data(), end);
}

}  // namespace

std::string bounded_name(std::string_view name) {
  std::string valid = valid_utf8(name);
  if (valid.size() <= PoolKey::longest_name) return valid;
  const std::string mark = mark_of(valid);
  std::size_t kept = PoolKey::longest_name - mark.size();
  while (is_continuation(valid[kept])) --kept;
  valid.resize(kept);
  return valid + mark;
}

}  // namespace dbpool
