#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "snapshot/pool_source.hpp"

namespace dbpool {

/// The suspected leaks of a source's pools, by label; pools without one are absent.
using LeaksByPool = std::map<std::string, std::vector<LeakReport>>;

/// What a round judges of one source.
struct SourceRead {
  std::shared_ptr<const PoolSource::Reading> reading;
  LeaksByPool leaks;
};

/// Reads a source, and the leaks of its pools that have some.
SourceRead read_with_leaks(const PoolSource& source);

/// Gives each pool of a pooler the leaks that the servers report of the sessions that this pool has lent; a
/// source that lends none stays as it is.
void add_lent_leaks(const std::vector<SourceRead>& servers, SourceRead& pooler);

}  // namespace dbpool
