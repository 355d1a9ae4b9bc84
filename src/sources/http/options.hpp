#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dbpool {

/// A further header of each request. The value is a secret: no message shows it.
struct HttpHeader {
  std::string name, value;

  bool operator==(const HttpHeader&) const = default;
};

/// Options of a source that reads its target over HTTP.
struct HttpOptions {
  std::string url;
  std::string username;  ///< basic auth, with `password_file`
  std::optional<std::filesystem::path> password_file, bearer_file, ca_file;
  std::optional<std::filesystem::path> cert_file, key_file;  ///< the client certificate and its key
  std::vector<HttpHeader> headers;
  std::string server_name;            ///< for SNI and the check of the certificate; "" = the URL's host
  bool insecure_skip_verify = false;  ///< accepts any certificate of the server

  bool operator==(const HttpOptions&) const = default;
};

/// Describes the error in a file that should hold a password or a token, without its name, which may be the
/// secret itself; "" if the file is valid.
std::string http_credential_problem(const std::filesystem::path& file);

/// Describes the error in a header that the configuration adds, without quoting it; "" if it is valid. A
/// header that frames the request, such as Content-Length, is an error.
std::string http_header_problem(const HttpHeader& header);

/// Returns whether two names of headers are the same, in any letter case.
bool is_same_header(std::string_view a, std::string_view b);

}  // namespace dbpool
