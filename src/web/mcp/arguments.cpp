#include "web/mcp/arguments.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

namespace dbpool::mcp {
namespace {

bool has_type(const Json& value, const std::string& type) {
  return type == "number" ? value.is_number() : value.is_string();
}

/// Returns what is wrong with one argument.
std::string value_problem(const std::string& name, const Json& property, const Json& value) {
  const auto type = property["type"].get<std::string>();
  if (!has_type(value, type)) return fmt::format("{} is not a {}", name, type);
  if (property.contains("enum") && std::ranges::find(property["enum"], value) == property["enum"].end()) {
    return fmt::format("{} is {}; allowed: {}", name, value.dump(),
                       fmt::join(property["enum"].get<std::vector<std::string>>(), ", "));
  }
  const bool is_bounded = property.contains("minimum");
  if (is_bounded && !(value >= property["minimum"] && value <= property["maximum"])) {
    return fmt::format("{} is {}; allowed is a number from {} to {}", name, value.dump(),
                       property["minimum"].dump(), property["maximum"].dump());
  }
  return "";
}

std::string names_of_arguments(const Json& schema) {
  std::vector<std::string> names;
  for (const auto& [name, property] : schema["properties"].items()) names.push_back(name);
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

std::string argument_problem(const Json& schema, const Json& arguments) {
  const Json& properties = schema["properties"];
  for (const auto& [name, value] : arguments.items()) {
    if (!properties.contains(name))
      return fmt::format("unknown argument '{}'; allowed: {}", name, names_of_arguments(schema));
    if (auto problem = value_problem(name, properties[name], value); !problem.empty()) return problem;
  }
  for (const Json& name : schema.value("required", Json::array())) {
    if (!arguments.contains(name.get<std::string>())) return name.get<std::string>() + " is missing";
  }
  return "";
}

}  // namespace dbpool::mcp
