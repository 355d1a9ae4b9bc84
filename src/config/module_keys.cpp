#include "config/module_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/key_setters.hpp"
#include "config/key_table.hpp"
#include "config/source_keys.hpp"

namespace dbpool {
namespace {

using enum Variable;

constexpr unsigned most_targets = 10'000;

void set_targets(ModuleConfig& module, const Value& value, Problems& problems) {
  if (value.kind != Value::Kind::list || value.items.empty())
    return problems.reject(value, "a list of targets, such as pgb-*.db.svc:6432 and 10.1.0.0/16:6432");
  for (const Value& item : value.items) {
    const auto text = read_text(item, problems);
    if (!text) continue;
    if (auto entry = read_allowed_target(*text))
      module.targets.add(std::move(*entry));
    else
      problems.reject(
          item,
          "host:port, address:port, address/bits:port or [v6]:port, with * in a host's labels or as "
          "the port");
  }
}

constexpr auto module_keys = std::to_array<Key<ModuleConfig>>({
    {"targets", none, "",
     "required: which targets may be probed: names, in which `*` is any part of one label, and "
     "addresses, each with a port or `*`",
     set_targets},
    {"ttl", none, "5m", "how long a target is read after the last call for it",
     duration<&ModuleConfig::ttl, positive>},
    {"limit", none, "50", "targets at once; further ones are answered 503",
     whole<&ModuleConfig::limit, 1, most_targets>},
});

ModuleConfig read_module(const Value& value, Problems& problems) {
  std::vector<std::string_view> own_names;
  for (const auto& key : module_keys) own_names.push_back(key.name);
  ModuleConfig module;
  const Written written = set_keys(value, std::span<const Key<ModuleConfig>>(module_keys), module, problems);
  if (!written.has("targets"))
    problems.add(value, "targets is missing; allowed: a list of the targets that may be probed");
  module.source = read_source_of_module(value, own_names, problems);
  return module;
}

}  // namespace

std::vector<ModuleConfig> read_modules(const Value& value, Problems& problems) {
  std::vector<ModuleConfig> modules;
  if (value.kind == Value::Kind::null || value.kind == Value::Kind::broken) return modules;
  if (value.kind != Value::Kind::mapping) {
    problems.reject(value, "a mapping of names to modules");
    return modules;
  }
  for (const auto& member : value.members) {
    const std::string path = shown_path(value, member);
    if (member.key.empty() || member.key.find_first_not_of(name_characters) != std::string::npos) {
      problems.add(member.line, path, "not a name; allowed: the characters A-Z a-z 0-9 _ . : / -");
    } else if (std::ranges::find(modules, member.key, &ModuleConfig::name) != modules.end()) {
      problems.add(member.line, path, "duplicate key; allowed: once");
    } else if (member.value.kind != Value::Kind::mapping) {
      problems.add(member.line, path, "no module; allowed: a mapping with a type and targets");
    } else {
      modules.push_back(read_module(member.value, problems));
      modules.back().name = member.key;
    }
  }
  return modules;
}

std::string module_keys_markdown() {
  std::string table = "| key | default | meaning |\n|---|---|---|\n";
  for (const auto& key : module_keys) {
    const auto fallback = key.fallback.empty() ? "" : fmt::format("`{}`", key.fallback);
    table += fmt::format("| `{}` | {} | {} |\n", key.name, fallback, key.meaning);
  }
  return table;
}

}  // namespace dbpool
