#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>

#include "dbpool/pool/driver.hpp"
#include "support/eventually.hpp"

namespace dbpool {

using namespace std::chrono_literals;

inline TimePoint now() {
  return std::chrono::steady_clock::now();
}
inline Deadline in(Duration time) {
  return Deadline(now() + time);
}

inline DriverError failure(const std::function<void()>& act) {
  try {
    act();
  } catch (const DriverError& error) {
    return error;
  }
  FAIL("nothing was thrown");
  throw std::logic_error("unreachable");
}

inline DriverError failure_of(Connection& connection, const std::string& sql, Duration bound = 5s) {
  return failure([&] { connection.execute(sql, in(bound)); });
}

inline void ping(Connection& connection, const std::string& query, Duration bound = 5s) {
  const auto operation = connection.start_query(query, in(bound));
  run_here(*operation);
}

inline std::string value(Connection& connection, const std::string& sql) {
  const QueryResult result = connection.execute(sql, in(5s));
  REQUIRE(result.rows.size() == 1);
  return result.rows.front().front().value_or("NULL");
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

inline bool eventually(const std::function<bool()>& condition) {
  return eventually(condition, 3s);
}

}  // namespace dbpool
