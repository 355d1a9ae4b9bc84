#include "web/bcrypt.hpp"

#include <crypt.h>

#include <memory>

namespace dbpool {

bool is_bcrypt(std::string_view text) {
  constexpr std::string_view form = "$2y$10$", variants = "abxy";
  constexpr std::string_view digits = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  constexpr std::size_t length = 60, variant_at = 2, cost_at = 4;
  if (text.size() != length || !text.starts_with("$2") || variants.find(text[variant_at]) == variants.npos) {
    return false;
  }
  const std::string_view cost = text.substr(cost_at, 2);
  const bool has_cost = cost.find_first_not_of("0123456789") == cost.npos && cost >= "04" && cost <= "15";
  return has_cost && text[cost_at - 1] == '$' && text[form.size() - 1] == '$' &&
         text.find_first_not_of(digits, form.size()) == text.npos;
}

bool matches_bcrypt(const std::string& password, const std::string& hash) {
  const auto memory = std::make_unique<crypt_data>();
  const char* const computed = ::crypt_r(password.c_str(), hash.c_str(), memory.get());
  return computed != nullptr && is_same_secret(computed, hash);
}

bool is_same_secret(std::string_view given, std::string_view expected) noexcept {
  volatile unsigned differences = given.size() == expected.size() && !expected.empty() ? 0 : 1;
  for (std::size_t i = 0; i < given.size() && !expected.empty(); ++i) {
    const auto difference = static_cast<unsigned char>(given[i] ^ expected[i % expected.size()]);
    differences = differences | difference;
  }
  return differences == 0;
}

}  // namespace dbpool
