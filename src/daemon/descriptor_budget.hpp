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

/// Descriptors that the process needs for itself, its web server, its sources and its pools: `least`
/// with the connections that the pools keep open, `most` with all that they may open.
struct DescriptorNeed {
  std::uint64_t least, most;
};
DescriptorNeed descriptors_needed(const Config& config);

/// Logs an error if the limit is below `least`, and a warning if it is below `most`.
void check_descriptors(const Config& config, Logger& logger);

/// Descriptors that the open connections of all pools have or may open. Any thread.
using DescriptorCount = std::atomic<std::uint64_t>;

/// Wraps a driver so that it leaves the web server the descriptors that it may need, and the process can
/// still report the shortage. Each connection counts as `each` in `count` while it is open. Any thread may
/// call it. An operation throws DriverError connect if none are left.
std::shared_ptr<Driver> sparing_driver(std::shared_ptr<Driver> driver, std::shared_ptr<DescriptorCount> count,
                                       std::uint64_t each);

}  // namespace dbpool
