#pragma once

#include <string>
#include <string_view>

namespace dbpool {

/// Returns whether `text` has the form of a hash by bcrypt, with a cost of at most 15 (a second or two).
bool is_bcrypt(std::string_view text);

/// Returns whether `hash` is that of `password`. Takes as long as the cost of the hash says, some 50 ms for
/// the usual cost of 10. REQUIRES: `is_bcrypt(hash)`.
bool matches_bcrypt(const std::string& password, const std::string& hash);

/// Returns whether two secrets are equal, in a time that depends on the length of `given` alone.
bool is_same_secret(std::string_view given, std::string_view expected) noexcept;

}  // namespace dbpool
