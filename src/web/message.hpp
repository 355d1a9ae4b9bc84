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

/// What a client asked, as it came in. A value without anything of the web server's.
struct Request {
  std::string method;
  std::string path;     ///< not decoded and not normalized
  std::string query;    ///< what follows `?`, not decoded
  std::string version;  ///< "1.0" or "1.1"
  std::vector<Header> headers;
  std::string path_parameter;  ///< decoded; what stands for `{…}` in the route's path, set by the router

  /// How often the header occurs. Names of headers do not heed case.
  std::size_t count(std::string_view name) const;
  /// The header's value; where it occurs more than once, all of them joined by commas.
  std::optional<std::string> header(std::string_view name) const;
};

/// What it is answered. `headers` are those beyond Content-Type and the ones that every answer carries.
struct Response {
  int status = 200;
  std::string content_type;
  std::string body;
  std::vector<Header> headers = {};
};

/// The status line and all headers, up to the empty line. `reason`: the status in words.
std::string head_of(const Response& response, std::string_view reason, std::time_t now);

Response text_response(std::string text);
/// `{"status":"error","error":"…"}`. The message must not hold a secret.
Response error_response(int status, std::string_view message);

}  // namespace dbpool
