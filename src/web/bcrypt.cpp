#include "web/bcrypt.hpp"

#include <crypt.h>

#include <cstring>
#include <memory>

namespace dbpool {

bool matches_bcrypt(const std::string& password, const std::string& hash) {
  const auto memory = std::make_unique<crypt_data>();
  const char* const computed = ::crypt_r(password.c_str(), hash.c_str(), memory.get());
  const bool matches = computed != nullptr && is_same_secret(computed, hash);
  ::explicit_bzero(memory.get(), sizeof *memory);
  return matches;
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
