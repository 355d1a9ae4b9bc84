#pragma once

#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dbpool {

struct Header {
  std::string name, value;
};

/// A client's request as it was received; a plain value that does not depend on the web server.
struct Request {
  std::string method;
  std::string path;     ///< not decoded and not normalized
  std::string query;    ///< the part after `?`, not decoded
  std::string version;  ///< "1.0" or "1.1"
  std::vector<Header> headers;
  std::string path_parameter;  ///< the part that matches the route's `{…}`, decoded; set by the router
  std::string body = {};       ///< complete; "" without a body. Set by the router, for a route that takes one

  /// Returns how often the header occurs. The case of names is ignored.
  std::size_t count(std::string_view name) const;
  /// Returns the header's value, or all its values joined by commas; nullopt if the header is absent.
  std::optional<std::string> header(std::string_view name) const;
};

/// The response to a request. `content_type`: "" without a body. `headers`: those besides Content-Type and
/// the ones that every response has.
struct Response {
  int status = 200;
  std::string content_type;
  std::string body;
  std::vector<Header> headers = {};
};

/// Returns the status line and all headers, with the empty line at the end. `reason`: the status in words.
std::string head_of(const Response& response, std::string_view reason, std::time_t now);

Response text_response(std::string text);
/// Returns `{"status":"error","error":"…"}`. `message` must not contain a secret.
Response error_response(int status, std::string_view message);

}  // namespace dbpool
