#include "config/config.hpp"

#include <fmt/format.h>

namespace dbpool {

ConfigError::ConfigError(std::vector<std::string> problems)
    : Error(fmt::format("{}", fmt::join(problems, "\n"))), problems_(std::move(problems)) {}

}  // namespace dbpool
