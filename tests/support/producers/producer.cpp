#include "support/producers/producer.hpp"

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>
#include <vector>

#include "support/eventually.hpp"
#include "support/http/http_exchange.hpp"

namespace dbpool {
namespace {

const std::string sources = DBPOOL_PRODUCERS_SOURCE_DIR;
const std::string built = DBPOOL_PRODUCERS_BINARY_DIR;

std::vector<std::string> program(PoolLibrary library) {
  const std::string jars = "/usr/share/java/";
  switch (library) {
    case PoolLibrary::database_sql:
      return {built + "/go_pools", "sql"};
    case PoolLibrary::pgxpool:
      return {built + "/go_pools", "pgx"};
    case PoolLibrary::psycopg_pool:
      return {"/usr/bin/python3", sources + "/python/pools.py", "psycopg"};
    case PoolLibrary::sqlalchemy:
      return {"/usr/bin/python3", sources + "/python/pools.py", "sqlalchemy"};
    case PoolLibrary::node_pg:
      return {"node", sources + "/node/pools.js", "prom-client"};
    case PoolLibrary::opentelemetry:
      return {"node", sources + "/node/pools.js", "otel"};
    case PoolLibrary::opentelemetry_push:
      return {"node", sources + "/node/pools.js", "otlp"};
    case PoolLibrary::hikaricp:
      return {"java", "-cp",
              jars + "HikariCP.jar:" + jars + "postgresql.jar:" + jars + "slf4j-api.jar:" + jars +
                  "slf4j-nop.jar",
              sources + "/java/Pools.java"};
  }
  throw std::logic_error("no such library");
}

std::vector<std::string> command(PoolLibrary library, const PostgresServer& server) {
  std::vector<std::string> words = program(library);
  words.push_back("postgresql://postgres@127.0.0.1:" + std::to_string(server.port()) +
                  "/postgres?sslmode=disable");
  return words;
}

ChildProcess::Environment with_modules(ChildProcess::Environment environment) {
  environment.emplace("NODE_PATH", built + "/node_modules");
  return environment;
}

}  // namespace

Producer::Producer(PoolLibrary library, const PostgresServer& server, ChildProcess::Environment environment)
    : process_(command(library, server), with_modules(std::move(environment))) {
  const auto listens = [this] { return process_.standard_output().ends_with('\n'); };
  if (!eventually(listens, std::chrono::seconds(60))) {
    throw std::runtime_error("the producer does not listen: " + process_.standard_error());
  }
  port_ = static_cast<std::uint16_t>(std::atoi(process_.standard_output().c_str()));
}

std::string Producer::url() const {
  return "http://127.0.0.1:" + std::to_string(port_) + "/metrics";
}

Figures Producer::truth() const {
  return nlohmann::json::parse(get("/truth")).get<Figures>();
}

std::string Producer::get(const std::string& path) const {
  const HttpAnswer answer = http_exchange(port_, "GET", path, {.patience = std::chrono::seconds(20)});
  if (answer.status == 200) return answer.body;
  throw std::runtime_error("the producer does not answer " + path + ": " + process_.standard_error());
}

}  // namespace dbpool
