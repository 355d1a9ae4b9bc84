#include "sources/mapping/pool_template.hpp"

#include <algorithm>

#include "dbpool/model/error.hpp"

namespace dbpool {

PoolTemplate::PoolTemplate(std::string_view text) : text_(text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t open = std::min(text.find('{', at), text.size());
    Part part{std::string(text.substr(at, open - at)), std::nullopt};
    if (const std::size_t stray = part.text.find('}'); stray != std::string::npos)
      throw Error("column " + std::to_string(at + stray + 1) + ": expected { before }");
    at = open;
    if (open < text.size()) {
      const std::size_t close = std::min(text.find('}', open), text.size());
      part.label = text.substr(open + 1, close - open - 1);
      if (close == text.size() || part.label->empty() || part.label->find('{') != std::string::npos)
        throw Error("column " + std::to_string(open + 1) + ": expected a label in braces");
      at = close + 1;
    }
    parts_.push_back(std::move(part));
  }
}

std::string PoolTemplate::name(const Lookup& label) const {
  std::string name;
  bool is_known = std::ranges::none_of(parts_, [](const Part& part) { return part.label.has_value(); });
  for (const Part& part : parts_) {
    name += part.text;
    if (!part.label) continue;
    const std::string_view value = label(*part.label);
    is_known = is_known || !value.empty();
    name += value;
  }
  return is_known ? name : "";
}

bool PoolTemplate::has(std::string_view label) const {
  return std::ranges::any_of(parts_, [&](const Part& part) { return part.label == label; });
}

}  // namespace dbpool
