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

  bool operator==(const ClientOptions&) const = default;
};

}  // namespace dbpool
