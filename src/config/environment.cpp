#include "config/environment.hpp"

#include <string_view>

#include "model/blank_ends.hpp"

namespace dbpool {

Environment environment_of(const char* const* entries) {
  Environment environment;
  for (; *entries != nullptr; ++entries) {
    const std::string_view entry = *entries;
    const auto equals = entry.find('=');
    if (equals != std::string_view::npos)
      environment.emplace(entry.substr(0, equals), without_blank_ends(entry.substr(equals + 1)));
  }
  return environment;
}

}  // namespace dbpool
