#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dbpool {

/// An HTTP server's answer, as far as it came.
struct HttpAnswer {
  int status = 0;  ///< 0: none, within the client's patience
  std::string head, body;
  std::chrono::nanoseconds took{};  ///< from before the connect to the last byte

  /// The value of a header; its name in lower case.
  std::optional<std::string> header(std::string_view name) const;
};

/// What a request has beside its method and path.
struct HttpDetails {
  std::string json = {};     ///< the body; "" = none
  std::string headers = {};  ///< further ones, each a line with its CRLF
  std::chrono::seconds patience{5};
};

/// Sends one request to a loopback port and reads until the answer is whole or the server hangs up, for
/// `patience` at most. Never throws.
HttpAnswer http_exchange(std::uint16_t port, std::string_view method, std::string_view path,
                         const HttpDetails& details = {});

}  // namespace dbpool
