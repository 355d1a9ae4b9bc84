#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "config/key_table.hpp"
#include "tls/tls_options.hpp"
#include "web/web_config.hpp"

namespace dbpool {

/// A web configuration file while its keys are read.
struct WebFile {
  std::filesystem::path directory;  ///< the one of the file, for relative names
  TlsOptions tls{.certificate = "", .key = ""};
  WebConfig config;
};

/// Returns every key of a web configuration file once, as exporter-toolkit has them.
std::span<const Key<WebFile>> web_keys();

/// Returns the keys as a Markdown table: key, default, meaning. For the documentation.
std::string web_keys_markdown();

}  // namespace dbpool
