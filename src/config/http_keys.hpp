#pragma once

#include <array>

#include "config/config.hpp"
#include "config/key_setters.hpp"
#include "config/key_table.hpp"
#include "sources/http/options.hpp"

namespace dbpool {

/// REQUIRES: the source is of a kind that reads its target over HTTP.
template <>
HttpOptions& part_of<HttpOptions>(SourceConfig& source);

void set_http_url(SourceConfig& source, const Value& value, Problems& problems);
void set_http_headers(SourceConfig& source, const Value& value, Problems& problems);
void set_server_name(SourceConfig& source, const Value& value, Problems& problems);

/// The keys of a kind whose options have `HttpOptions http`.
constexpr std::array<Key<SourceConfig>, 10> http_keys() {
  using enum Variable;
  using O = HttpOptions;
  return {{
      {"url", none, "", "where the document is: http or https", set_http_url},
      {"basic_auth.username", none, "", "for basic authentication", text<&O::username>},
      {"basic_auth.password_file", none, "", "a file that holds the password, read at every request",
       file<&O::password_file>},
      {"bearer_token_file", none, "", "a file that holds a bearer token, read at every request",
       file<&O::bearer_file>},
      {"ca_file", none, "", "certificates to trust instead of the system's", file<&O::ca_file>},
      {"cert_file", none, "",
       "the client certificate, with key_file; a renewed one counts at the next connect",
       file<&O::cert_file>},
      {"key_file", none, "", "the key of cert_file, not encrypted", file<&O::key_file>},
      {"headers", none, "", "further headers of each request: name to value; a value may come from `${VAR}`",
       set_http_headers},
      {"server_name", none, "", "the name in the server's certificate, where it is not the URL's host",
       set_server_name},
      {"insecure_skip_verify", none, "false",
       "accept any certificate of the server; warned about at each start",
       switched<&O::insecure_skip_verify>},
  }};
}

/// Checks the options together, and the files that they name.
void check_http(const HttpOptions& http, const Written& written, Problems& problems);

}  // namespace dbpool
