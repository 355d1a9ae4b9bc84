#pragma once

#include <string>

namespace dbpool {

/// The parts of an http or https URL. Its credentials are separate, so that the rest can be shown.
struct HttpUrl {
  std::string url;    ///< without credentials and fragment; for the HTTP client
  std::string shown;  ///< the same for messages: the query is hidden, as it may hold a secret
  std::string scheme, host, port;
  std::string username, password;  ///< decoded; empty when the URL has none

  bool operator==(const HttpUrl&) const = default;
};

/// Splits a URL, without the blanks and line breaks at its ends. throws Error, which does not quote it.
HttpUrl read_http_url(const std::string& written);

/// Resolves `reference` against `base`: another document on the same server, with the same credentials.
/// throws Error when it is invalid or on another server.
HttpUrl resolve_http_url(const HttpUrl& base, const std::string& reference);

/// Returns the text of `url` with another host, which may be a name or an address. throws Error when it is
/// neither.
std::string url_with_host(const HttpUrl& url, const std::string& host);

/// Returns a written URL, with its credentials, at another server. `host`: a name or an address without
/// brackets. throws Error for a URL that is not valid.
std::string http_url_at(const std::string& written, const std::string& host, const std::string& port);

/// Describes the error in an HTTP URL without quoting it; "" when there is none.
std::string http_url_problem(const std::string& text);

}  // namespace dbpool
