#pragma once

#include <memory>
#include <string>

#include "net/name_resolver.hpp"
#include "sources/http_json/http_json_options.hpp"
#include "sources/probe.hpp"

namespace dbpool {

/// Returns a probe of an application's JSON endpoint. Its pool is `<source>`, or `<source>/<pool>` where
/// there are several. A pool's name is cut to 200 bytes.
std::unique_ptr<Probe> http_json_probe(std::string source, const HttpJsonOptions& options,
                                       std::shared_ptr<NameResolver> names);

}  // namespace dbpool
