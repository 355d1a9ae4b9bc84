#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sources/prometheus/sample.hpp"

namespace dbpool {

/// Who sends, as its resource says. Empty = not known.
struct SenderId {
  std::string key;       ///< the same for one process, and different for others where the resource says so
  std::string service;   ///< namespace and name, as a key
  std::string name;      ///< service.name
  std::string instance;  ///< service.instance.id
  std::string process;   ///< host.name and process.pid, as a key; empty unless both are known
};

/// Reads the identity of a resource. Without an instance id it is made of all attributes but those of the SDK
/// itself, so processes with equal resources are one sender. `resource`: sorted by name.
SenderId sender_id(std::span<const SampleLabel> resource);

/// Appends a text to a key, so that different lists of texts make different keys.
void append_to_key(std::string& key, std::string_view text);

}  // namespace dbpool
