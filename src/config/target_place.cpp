#include "config/target_place.hpp"

#include "dbpool/model/error.hpp"
#include "drivers/postgres/server.hpp"
#include "sources/http/url.hpp"

namespace dbpool {
namespace {

/// Checks the DSN that is written in a source or a group of it. Another problem with it has been reported.
void check_open_dsn(const DsnSource& dsn, const Written& written, Problems& problems) {
  for (const auto* const key : {"dsn", "dsn_file"}) {
    if (!written.has(key)) continue;
    try {
      if (!names_a_server(dsn.read())) continue;
    } catch (const Error&) {
      continue;
    }
    problems.add(written.at(key),
                 "a DSN of a module with a host or a port; allowed: one without, as the target has both");
  }
}

void check_open_url(const HttpOptions& http, const Written& written, Problems& problems) {
  if (http.url.empty()) return;
  const HttpUrl url = read_http_url(http.url);
  if (url.host == "target" && url.port == (url.scheme == "https" ? "443" : "80")) return;
  problems.add(written.at("url"),
               "a URL of a module with a server; allowed: http://target/… or https://target/…, where the "
               "target is put");
}

}  // namespace

void check_target_is_open(const SourceConfig& source, const Written& written, Problems& problems) {
  std::visit(
      [&](const auto& options) {
        if constexpr (requires { options.http; }) {
          check_open_url(options.http, written, problems);
        } else if constexpr (requires { options.dsn; }) {
          check_open_dsn(options.dsn, written, problems);
        } else {
          problems.add(written.mapping(),
                       "a type that connects to no target; allowed in a module: pgbouncer, pgpool, "
                       "pg_stat_activity, http_json or prometheus");
        }
        if constexpr (requires { options.synthetic->dsn; }) {
          if (options.synthetic)
            check_open_dsn(options.synthetic->dsn, written.within("synthetic"), problems);
        }
      },
      source.options);
}

}  // namespace dbpool
