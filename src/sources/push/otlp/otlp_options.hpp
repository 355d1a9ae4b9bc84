#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "dbpool/sync/clock.hpp"
#include "sources/mapping/mapping_options.hpp"
#include "sources/push/push_address.hpp"

namespace dbpool {

/// Options of a source that OpenTelemetry's agents and SDKs push to.
struct OtlpOptions {
  static constexpr std::uint16_t usual_port = 4318;  ///< the default of OTLP over HTTP
  static constexpr std::size_t usual_body = std::size_t{16} << 20U;

  std::optional<PushAddress> listen = PushAddress{"127.0.0.1", usual_port};  ///< nullopt = in the web server
  bool allow_remote = false;                      ///< whether the address may be another than loopback
  std::map<std::string, std::string> users = {};  ///< who may push: name to bcrypt hash
  std::optional<std::filesystem::path> bearer_token_file = std::nullopt;
  bool by_instance = false;                            ///< a pool for each service.instance.id
  std::size_t max_body = usual_body;                   ///< bytes, as sent and again inflated
  std::optional<Duration> stale_after = std::nullopt;  ///< nullopt = three intervals of the sender
  MappingOptions mapping = {};
  Duration error_window = std::chrono::seconds(60);  ///< for the snapshot's errors_recent

  /// Returns whether senders have to say who they are.
  bool asks_for_login() const { return !users.empty() || bearer_token_file; }

  bool operator==(const OtlpOptions&) const = default;
};

}  // namespace dbpool
