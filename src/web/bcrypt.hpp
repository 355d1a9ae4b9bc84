#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dbpool {

/// Returns whether `text` has the form of a hash by bcrypt, with a cost of at most 15 (a second or two).
constexpr bool is_bcrypt(std::string_view text) {
  constexpr std::string_view form = "$2y$10$", variants = "abxy";
  constexpr std::string_view digits = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  constexpr std::size_t length = 60, variant_at = 2, cost_at = 4, none = std::string_view::npos;
  if (text.size() != length || !text.starts_with("$2") || variants.find(text[variant_at]) == none) {
    return false;
  }
  const std::string_view cost = text.substr(cost_at, 2);
  const bool has_cost = cost.find_first_not_of("0123456789") == none && cost >= "04" && cost <= "15";
  return has_cost && text[cost_at - 1] == '$' && text[form.size() - 1] == '$' &&
         text.find_first_not_of(digits, form.size()) == none;
}

/// Returns whether `hash` is that of `password`. Takes as long as the cost of the hash says, some 50 ms for
/// the usual cost of 10. REQUIRES: `is_bcrypt(hash)`.
bool matches_bcrypt(const std::string& password, const std::string& hash);

/// Returns whether two secrets are equal, in a time that depends on the length of `given` alone.
bool is_same_secret(std::string_view given, std::string_view expected) noexcept;

}  // namespace dbpool
