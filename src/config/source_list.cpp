#include "config/source_list.hpp"

#include "config/entries.hpp"
#include "config/parse_yaml.hpp"
#include "config/source_keys.hpp"
#include "config/warnings.hpp"

namespace dbpool {
namespace {

/// Quotes nothing: the file may be another one, with a secret.
void check_is_list(const Value& root, Problems& problems) {
  if (root.kind == Value::Kind::null) {
    problems.add(root, "empty; allowed: a list of sources, or [] for none");
  } else if (root.kind == Value::Kind::mapping || root.kind == Value::Kind::text) {
    problems.add(root, "not a list; allowed: a list of sources, as below \"sources:\" of the configuration");
  }
}

}  // namespace

SourceList parse_source_list(const std::string& text, const std::string& name,
                             const Environment& environment) {
  Problems problems(name);
  const Value root = parse_yaml(text, environment, problems);
  check_is_list(root, problems);
  Config config;
  SourceList list;
  for (const Value& entry : root.items) {
    config.sources.push_back(read_source(entry, problems));
    list.lines.push_back(entry.line);
  }
  check_names({&root}, problems);
  check_places(config.sources, root, problems);
  auto lines = problems.lines();
  if (!lines.empty()) throw ConfigError(std::move(lines));
  list.warnings = config_warnings(config);
  list.sources = std::move(config.sources);
  return list;
}

}  // namespace dbpool
