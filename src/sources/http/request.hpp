#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "sources/http/options.hpp"
#include "sources/http/url.hpp"

namespace dbpool {

/// How a request checks the server and identifies itself in TLS.
struct HttpTls {
  std::string ca_file;              ///< certificates to trust instead of the system's; "" = the system's
  std::string cert_file, key_file;  ///< the client certificate; "" = none
  std::string server_name;          ///< for SNI and the check of the certificate; "" = the URL's host
  bool verifies = true;             ///< whether the certificate of the server is checked
};

/// What a kind of source asks for.
struct HttpDocument {
  std::string_view accept;    ///< value of the request's Accept
  std::size_t max_bytes = 0;  ///< of the inflated body; more is an error
};

/// A request for one document.
struct HttpRequest {
  HttpUrl url;
  HttpDocument document;
  std::vector<std::string> addresses = {};  ///< of the host's name; empty if the host is an address
  std::string username = {}, password = {}, bearer = {};  ///< empty = none
  std::vector<HttpHeader> headers = {};                   ///< further ones; one may replace Accept
  HttpTls tls = {};
};

/// Returns the request for a document of the server that `options` name. Reads the files of credentials.
/// throws Error for a file that it cannot read; the file is named only if it is a path.
HttpRequest http_request(const HttpOptions& options, const HttpUrl& url, const HttpDocument& document);

/// Reads a secret that is sent in a header. `shown`: the name of the file in errors. throws Error.
std::string read_credential(const std::filesystem::path& file, const std::string& shown);

}  // namespace dbpool
