#pragma once

#include <filesystem>
#include <string>

namespace dbpool {

/// The settings of `status` and `explain`, which ask a running exporter. Checked.
struct ClientOptions {
  enum class Command { status, explain };
  enum class Output { table, json };

  Command command = Command::status;
  bool asks_for_help = false;
  std::string pool = {};                       ///< of `explain`; "" = every pool
  std::string url = "http://localhost:10127";  ///< http://…, https://… or unix:PATH, without `/` at its end
  Output output = Output::table;
  std::filesystem::path ca_file = {}, cert_file = {},
                        key_file = {};       ///< PEM; "" = not given; the last two go together
  std::string user = {};                     ///< "" = no login
  std::filesystem::path password_file = {};  ///< given where `user` is

  /// Returns whether the exporter is asked over TLS: by its URL, or on a socket because of a file for it.
  bool uses_tls() const {
    return url.starts_with("https:") || !ca_file.empty() || !cert_file.empty() || !key_file.empty();
  }
  bool operator==(const ClientOptions&) const = default;
};

}  // namespace dbpool
