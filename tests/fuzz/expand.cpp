// Expansion replaces variables and nothing else; its errors contain no value of a variable.
#include "config/expand.hpp"

#include <string>

#include "fuzz_target.hpp"

using namespace dbpool;
using test::require;

namespace {

constexpr std::string_view secret = "planted-9f3c";

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) result += c == '$' ? "$$" : std::string(1, c);
  return result;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const Environment environment{{"A", std::string(secret)}, {"EMPTY", ""}, {"DOLLAR", "${A}"}};
  const std::string text(reinterpret_cast<const char*>(bytes), size);

  const Expansion plain = expand(escaped(text), environment);
  require(plain.problem.empty() && plain.text == text && !plain.used_variable, "$$ makes any text plain",
          text);

  const Expansion expansion = expand(text, environment);
  if (text.find("${") == std::string::npos) {
    require(expansion.problem.empty() && !expansion.used_variable, "no variable, no problem", text);
  }
  if (text.find(secret) != std::string::npos) return 0;
  require(expansion.problem.find(secret) == std::string::npos, "no secret in a problem", expansion.problem);
  const bool has_secret = expansion.text.find(secret) != std::string::npos;
  require(!has_secret || expansion.used_variable, "what came of a variable is marked", text);
  return 0;
}
