#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace dbpool {

/// How much of its source a pool covers.
enum class PoolScope {
  target,       ///< all of a target, such as a pooler with every database and user
  database,     ///< one database of a pooler, with its counters; the connections are in its pools
  pool,         ///< one pool, or the sessions of one group
  application,  ///< the clients of one application in a pool
};

/// The identity of a pool. A value, made by the source that reads the pool, and the same in every reading.
/// Its copies share the texts. Its texts are valid UTF-8 (U+FFFD for what was not), and a name from a target
/// has a bounded length.
class PoolKey {
 public:
  /// The most bytes of a name from a target. Three identifiers of PostgreSQL, with 63 bytes each, fit in one
  /// name. Behind a source's name of up to 200 bytes, a label has at most 1,004: some Prometheus servers cut
  /// or refuse label values from 1,024 or 2,048 bytes on.
  static constexpr std::size_t longest_name = 200;

  /// The names that make a key. An absent name has no place in the label, an empty one has.
  struct Parts {
    std::string source;  ///< as configured, so it is not cut
    std::optional<std::string> database = {}, user = {}, application = {};
    std::optional<std::string> name = {};  ///< what else distinguishes the pools of a source
    PoolScope scope = PoolScope::pool;
  };

  /// Makes the key of no pool: all texts are empty.
  PoolKey() = default;
  /// A name that is too long is cut and ends in a hash of the whole, so that long names stay different.
  explicit PoolKey(const Parts& parts);

  // Empty = the key has no such name.
  const std::string& source() const noexcept { return names().source; }
  const std::string& database() const noexcept { return names().database; }
  const std::string& user() const noexcept { return names().user; }
  const std::string& application() const noexcept { return names().application; }
  const std::string& name() const noexcept { return names().name; }
  PoolScope scope() const noexcept { return names().scope; }

  /// Returns the `pool` label: the names in the order above, with slashes. A reading has each label once.
  const std::string& label() const noexcept { return names().label; }

  bool operator==(const PoolKey& other) const { return names() == other.names(); }

 private:
  struct Names {
    std::string source, database, user, application, name, label;
    PoolScope scope = PoolScope::pool;

    bool operator==(const Names&) const = default;
  };

  const Names& names() const noexcept;

  std::shared_ptr<const Names> names_;  // nullptr = no pool
};

}  // namespace dbpool
