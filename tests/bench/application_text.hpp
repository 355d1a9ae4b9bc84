#pragma once

#include <string>

#include "sources/mapping/mapping_options.hpp"

namespace dbpool::bench {

inline constexpr int all_lines = 100'000;

/// The samples of ten pools: 20 lines each.
inline std::string pool_lines() {
  std::string text =
      "# HELP hikaricp_connections_acquire_seconds Connection acquire time\n"
      "# TYPE hikaricp_connections_acquire_seconds histogram\n";
  for (int pool = 0; pool < 10; ++pool) {
    const std::string label = "application=\"shop\",pool=\"HikariPool-" + std::to_string(pool) + "\"";
    const std::string name = "hikaricp_connections_acquire_seconds";
    for (int bucket = 1; bucket <= 17; ++bucket) {
      text += name + "_bucket{" + label + ",le=\"" + std::to_string(bucket * 0.005) + "\"} " +
              std::to_string(bucket * 1000) + ".0\n";
    }
    text += name + "_bucket{" + label + ",le=\"+Inf\"} 20000.0\n";
    text += name + "_count{" + label + "} 20000.0\n";
    text += name + "_sum{" + label + "} 12.345678901\n";
  }
  return text;
}

/// A text as Micrometer writes it: the pools' lines after those of an application's requests.
inline std::string application_text() {
  std::string text =
      "# HELP http_server_requests_seconds Duration of HTTP server request handling\n"
      "# TYPE http_server_requests_seconds histogram\n";
  for (int i = 0; i < all_lines - 204; ++i) {
    text +=
        "http_server_requests_seconds_bucket{application=\"shop\",method=\"GET\",outcome=\"SUCCESS\",uri=\"/"
        "orders/" +
        std::to_string(i / 70) + "\",le=\"" + std::to_string((i % 70) * 0.0125) + "\"} " + std::to_string(i) +
        ".0\n";
  }
  return text + pool_lines();
}

/// How the source maps the pools' lines unless it is configured: by every preset.
inline MappingOptions by_presets() {
  return {.presets = {"auto"}};
}

/// The same lines by a field of the configuration, and by no preset.
inline MappingOptions by_field() {
  return {.presets = {"custom"},
          .fields = {{"acquisition_duration", {{"hikaricp_connections_acquire_seconds"}}}},
          .pool = "{pool}"};
}

}  // namespace dbpool::bench
