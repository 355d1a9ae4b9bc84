#pragma once

#include <string>

namespace dbpool {

/// An http or https URL, taken apart. Its credentials stand apart, so that the rest can be shown.
struct HttpUrl {
  std::string url;    ///< without credentials and fragment; for the HTTP client
  std::string shown;  ///< the same for people: what a query says is hidden, as it may hold a secret
  std::string scheme, host, port;
  std::string username, password;  ///< decoded; empty when the URL has none

  bool operator==(const HttpUrl&) const = default;
};

/// Takes a URL apart, without the blanks and line breaks at its ends. throws Error that does not quote it.
HttpUrl read_http_url(const std::string& written);

/// `reference` as seen from `base`: another document on the same server, with the same credentials. throws
/// Error when it is none, or on another server.
HttpUrl resolve_http_url(const HttpUrl& base, const std::string& reference);

/// What is wrong with an HTTP URL, without quoting it; "" when it is fine.
std::string http_url_problem(const std::string& text);

}  // namespace dbpool
