// A duration is read exactly or rejected: never negative, never above ten years, never an exception.
#include <cmath>
#include <string>

#include "config/read_value.hpp"
#include "fuzz_target.hpp"

using namespace dbpool;
using test::require;

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  const auto duration = parse_duration(text);
  if (!duration) return 0;
  require(*duration >= Duration::zero() && *duration <= std::chrono::hours(24 * 3650), "0 to ten years",
          text);
  require(text.find_first_not_of("0123456789.eE+-umshd\xC2\xB5") == std::string::npos,
          "no strange characters", text);
  const bool has_units = text.find_first_of("smhd") != std::string::npos;
  const auto longer = has_units ? parse_duration("1h" + text) : std::nullopt;
  if (longer) {
    const auto error = std::abs((*longer - *duration - std::chrono::hours(1)).count());
    require(error <= 64, "an hour before it makes it an hour longer", text);
  }
  return 0;
}
