#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dbpool {

/// An HTTP answer, possibly incomplete.
struct HttpAnswer {
  int status = 0;  ///< 0: none, within the client's patience
  std::string head, body;
  std::chrono::nanoseconds took{};  ///< from before the connect to the last byte

  /// Returns the value of a header. `name` is in lower case.
  std::optional<std::string> header(std::string_view name) const;
};

/// The parts of a request besides its method and path.
struct HttpDetails {
  std::string json = {};     ///< the body; "" = none
  std::string headers = {};  ///< additional headers, each a line with its CRLF
  std::chrono::seconds patience{20};
};

/// Sends one request to a loopback port and reads until the answer is complete or the server closes the
/// connection, at most for `patience`. Never throws.
HttpAnswer http_exchange(std::uint16_t port, std::string_view method, std::string_view path,
                         const HttpDetails& details = {});

}  // namespace dbpool
