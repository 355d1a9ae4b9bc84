#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "config/config.hpp"
#include "dbpool/pool/driver.hpp"
#include "log/logger.hpp"

namespace dbpool {

/// Raises the soft limit of file descriptors to the hard one: the usual soft limit is 1024.
void raise_descriptor_limit();

/// Descriptors that the process needs for itself, for its web server, for its probed sources and for that
/// many connections of each pool: those it keeps open at least, or those it may have at most.
struct DescriptorNeed {
  std::uint64_t least, most;
};
DescriptorNeed descriptors_needed(const Config& config);

/// Logs an error when the limit does not suffice for what the pools keep open, and a warning when it does not
/// for all that they may open.
void check_descriptors(const Config& config, Logger& logger);

/// Descriptors that the connections of all pools have or may come to have. Any thread.
using DescriptorCount = std::atomic<std::uint64_t>;

/// How many a connection of that pool may come to have.
std::uint64_t descriptors_a_connection(const PoolConfig& pool);

/// A driver that opens no connection with the descriptors that the web server may need, so that the process
/// can still tell of the shortage. Each of its connections counts as `each` of `count` while it is open. Any
/// thread may call it. Its operation throws DriverError connect when there are no more.
std::shared_ptr<Driver> sparing_driver(std::shared_ptr<Driver> driver, std::shared_ptr<DescriptorCount> count,
                                       std::uint64_t each);

}  // namespace dbpool
