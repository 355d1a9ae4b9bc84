#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dbpool/sync/guarded.hpp"
#include "net/expendable_threads.hpp"
#include "sync/descriptor.hpp"

namespace dbpool {

/// The numeric addresses of a name, or the reason why there are none.
struct Addresses {
  std::vector<std::string> numeric;
  std::string problem;  ///< empty when there are addresses
};

/// Looks up `host` by the system's resolver. Blocks without a bound.
Addresses system_addresses(const std::string& host);

/// Returns `host` in its canonical form if it is a numeric address, else nullopt. Does not block.
std::optional<std::string> numeric_address(const std::string& host);

/// One caller's share in a lookup. Used by one thread at a time. Owns a descriptor.
class NameLookup {
 public:
  /// Returns the addresses; nullopt while the lookup is in progress.
  std::optional<Addresses> result() const;
  /// Returns a descriptor that is readable once `result()` has a value.
  int fd() const noexcept { return ready_.get(); }

 private:
  friend class NameResolver;
  struct Shared;

  explicit NameLookup(std::shared_ptr<Shared> shared);

  std::shared_ptr<Shared> shared_;
  Descriptor ready_;  // a duplicate: a poller accepts a descriptor only once
};

/// Looks up host names on a few threads, because `getaddrinfo` can be neither bounded nor interrupted. Any
/// thread may use it. A name that several callers need at the same time is looked up once; a name that no
/// caller waits for by the time of its turn is not looked up.
///
/// Locking: `under_way_` is behind one mutex, which is never held during a lookup.
class NameResolver {
 public:
  using Resolve = std::function<Addresses(const std::string& host)>;
  static constexpr unsigned threads = 4;
  static constexpr std::size_t max_queued = 10'000;

  explicit NameResolver(Resolve resolve = system_addresses);
  /// The same on threads that several resolvers share.
  NameResolver(Resolve resolve, std::shared_ptr<ExpendableThreads> lookups);
  /// Returns threads for several resolvers.
  static std::shared_ptr<ExpendableThreads> lookup_threads();

  /// Begins to look up `host`, or joins a lookup in progress. Does not block. throws DriverError (other) if
  /// no descriptor, thread or place in the queue is free.
  NameLookup look_up(const std::string& host);

 private:
  std::shared_ptr<NameLookup::Shared> begin(const std::string& host);

  Resolve resolve_;
  Guarded<std::map<std::string, std::weak_ptr<NameLookup::Shared>>> under_way_;
  const std::shared_ptr<ExpendableThreads> lookups_;
};

}  // namespace dbpool
