#include "dbpool/model/pool_key.hpp"

#include <utility>

#include "model/bounded_name.hpp"
#include "model/utf8.hpp"

namespace dbpool {

PoolKey::PoolKey(const Parts& parts) {
  Names names;
  names.source = names.label = valid_utf8(parts.source);
  names.scope = parts.scope;
  const auto take = [&](const std::optional<std::string>& part, std::string& name) {
    if (!part) return;
    name = bounded_name(*part);
    names.label.append("/").append(name);
  };
  take(parts.database, names.database);
  take(parts.user, names.user);
  take(parts.application, names.application);
  take(parts.name, names.name);
  names_ = std::make_shared<const Names>(std::move(names));
}

const PoolKey::Names& PoolKey::names() const noexcept {
  static const Names none;
  return names_ ? *names_ : none;
}

}  // namespace dbpool
