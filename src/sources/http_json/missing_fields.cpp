#include "sources/http_json/missing_fields.hpp"

namespace dbpool {

std::vector<std::string> MissingFields::after(const std::vector<FieldLookup>& lookups, Duration now) {
  std::vector<std::string> problems;
  for (const FieldLookup& lookup : lookups) {
    if (lookup.problem.empty()) {
      found_[lookup.field] = now;
      continue;
    }
    const auto found = found_.find(lookup.field);
    if (found == found_.end() || now - found->second > memory) problems.push_back(lookup.problem);
  }
  return problems;
}

}  // namespace dbpool
