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

/// What a name stands for: numeric addresses, or why there are none.
struct Addresses {
  std::vector<std::string> numeric;
  std::string problem;  ///< empty when there are addresses
};

/// Asks the system. Blocks for as long as the system's resolver likes.
Addresses system_addresses(const std::string& host);

/// `host` in its canonical form when it already is a numeric address. Does not block.
std::optional<std::string> numeric_address(const std::string& host);

/// One asker's share in a lookup. One thread at a time. Owns a descriptor.
class NameLookup {
 public:
  /// What was found; nullopt while the lookup is under way.
  std::optional<Addresses> result() const;
  /// Readable once `result()` has a value.
  int fd() const noexcept { return ready_.get(); }

 private:
  friend class NameResolver;
  struct Shared;

  explicit NameLookup(std::shared_ptr<Shared> shared);

  std::shared_ptr<Shared> shared_;
  Descriptor ready_;  // of its own: a poller may know a descriptor only once
};

/// Looks up host names on a few threads, because `getaddrinfo` can be neither bounded nor interrupted. Any
/// thread may use it. A name that several ask for at the same time is looked up once, and one that nobody
/// waits for any more when its turn comes is not looked up at all.
///
/// Locking: `under_way_` lies behind one mutex, which is never held during a lookup.
class NameResolver {
 public:
  using Resolve = std::function<Addresses(const std::string& host)>;
  static constexpr unsigned threads = 4;
  static constexpr std::size_t max_queued = 10'000;

  explicit NameResolver(Resolve resolve = system_addresses);

  /// Does not block. throws DriverError (other) when the system gives no descriptor or thread.
  NameLookup look_up(const std::string& host);

 private:
  std::shared_ptr<NameLookup::Shared> begin(const std::string& host);

  Resolve resolve_;
  Guarded<std::map<std::string, std::weak_ptr<NameLookup::Shared>>> under_way_;
  ExpendableThreads threads_;
};

}  // namespace dbpool
