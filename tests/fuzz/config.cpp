// Any text is either a configuration that keeps its own rules, or is rejected with problems that list the
// allowed values.
#include <algorithm>
#include <set>
#include <string>

#include "config/load.hpp"
#include "fuzz_target.hpp"

using namespace dbpool;
using test::require;

namespace {

constexpr std::string_view secret = "planted-9f3c";

void check_accepted(const Config& config, const std::string& text) {
  std::set<std::string> names;
  for (const PoolConfig& pool : config.pools) {
    require(!pool.options.name.empty() && names.insert(pool.options.name).second, "names are unique", text);
    require(pool.options.min_size <= pool.options.max_size, "the minimum is not above the maximum", text);
    require(pool.options.max_size > 0, "a pool has room for a connection", text);
    require(pool.options.acquire_timeout > Duration::zero(), "a timeout is positive", text);
  }
  require(!config.pools.empty() || text.find("sources") != std::string::npos, "there is a pool or source",
          text);
}

void check_refused(const ConfigError& error, const std::string& text) {
  require(!error.problems().empty(), "a refusal says why", text);
  for (const std::string& problem : error.problems()) {
    require(problem.starts_with("x.yml"), "a problem says where", problem);
    const bool says_allowed = problem.find("llowed") != std::string::npos ||
                              problem.find("available") != std::string::npos ||
                              problem.find("expected") != std::string::npos;
    require(says_allowed, "a problem says what is allowed", problem);
    if (text.find(secret) == std::string::npos)
      require(problem.find(secret) == std::string::npos, "no secret in a problem", problem);
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const Environment environment{{"A", std::string(secret)}, {"N", "3"}, {"EMPTY", ""}};
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  try {
    check_accepted(parse_config(text, "x.yml", environment), text);
  } catch (const ConfigError& error) {
    check_refused(error, text);
  }
  return 0;
}
