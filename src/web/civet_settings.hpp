#pragma once

#include <string>
#include <utility>
#include <vector>

#include "web/web_options.hpp"

namespace dbpool {

/// The settings of CivetWeb, by their names.
class CivetSettings {
 public:
  /// `scheme`: appended to each address, "s" for TLS.
  CivetSettings(const std::vector<ListenAddress>& listen, const std::string& scheme);

  /// Returns names and values in turns, and a null pointer at the end. The settings outlive it.
  std::vector<const char*> list() const;

 private:
  std::vector<std::pair<const char*, std::string>> settings_;
};

/// Returns the addresses as CivetWeb takes them.
std::string to_text(const std::vector<ListenAddress>& addresses, const std::string& scheme = "");

}  // namespace dbpool
