#include "daemon/server_of.hpp"

#include <exception>
#include <string_view>

#include "drivers/odbc/dsn.hpp"
#include "drivers/postgres/server.hpp"
#include "drivers/sqlite/dsn.hpp"
#include "sources/http/url.hpp"

namespace dbpool {
namespace {

std::string odbc_server(const DsnSource& dsn) {
  constexpr std::string_view before = " at ";
  const std::string place = read_odbc_target(dsn.read()).place;
  const auto at = place.rfind(before);
  return at == std::string::npos ? "" : place.substr(at + before.size());
}

std::string server_in(const PoolConfig& pool) {
  if (pool.driver == "postgres") return postgres_servers(pool.dsn.read());
  if (pool.driver == "odbc") return odbc_server(pool.dsn);
  return pool.dsn == DsnSource() ? "" : sqlite_target(pool.dsn.read().reveal()).file;
}

// One for the options of each kind of source.

std::string server_in(const PgBouncerOptions& options) {
  return postgres_servers(options.dsn.read());
}
std::string server_in(const PgpoolOptions& options) {
  return postgres_servers(options.dsn.read());
}
std::string server_in(const StatActivityOptions& options) {
  return postgres_servers(options.dsn.read());
}
std::string url_server(const HttpOptions& http) {
  const HttpUrl url = read_http_url(http.url);
  if (!url.port.empty()) return url.host + ':' + url.port;
  return url.host + (url.scheme == "https" ? ":443" : ":80");
}
std::string server_in(const HttpJsonOptions& options) {
  return url_server(options.http);
}
std::string server_in(const PrometheusOptions& options) {
  return url_server(options.http);
}
std::string server_in(const PushAddress& address) {
  return address.host + ':' + std::to_string(address.port);
}
std::string server_in(const OtlpOptions& options) {
  return options.listen ? server_in(*options.listen) : "web";
}
std::string server_in(const EventsOptions& options) {
  return options.listen ? server_in(*options.listen) : options.path;
}

/// Returns what `read` returns; "" where the DSN cannot be read, which the source reports itself.
template <typename Read>
std::string known(Read read) {
  try {
    return read();
  } catch (const std::exception&) {
    return "";
  }
}

}  // namespace

std::string server_of(const PoolConfig& pool) {
  return known([&] { return server_in(pool); });
}

std::string server_of(const SourceConfig& source) {
  return known(
      [&] { return std::visit([](const auto& options) { return server_in(options); }, source.options); });
}

}  // namespace dbpool
