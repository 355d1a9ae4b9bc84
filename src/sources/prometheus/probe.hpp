#pragma once

#include <memory>

#include "net/name_resolver.hpp"
#include "sources/probe.hpp"
#include "sources/probe_options.hpp"
#include "sources/prometheus/prometheus_options.hpp"

namespace dbpool {

/// Returns a probe of an application's endpoint in Prometheus' text format or OpenMetrics. An answer without
/// the series of any pool is a failed reading. throws Error for options that were not checked.
std::unique_ptr<Probe> prometheus_probe(const ProbeOptions& source, const PrometheusOptions& options,
                                        std::shared_ptr<NameResolver> names);

}  // namespace dbpool
