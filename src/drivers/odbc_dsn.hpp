#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dbpool/model/dsn.hpp"
#include "dbpool/model/pool_snapshot.hpp"

namespace dbpool {

/// What an ODBC connection string says.
struct OdbcTarget {
  std::string text;   ///< for the driver manager and nothing else
  std::string place;  ///< for messages: `"app" at db:5432`
  PoolInfo info;
  std::vector<std::string> secrets;  ///< values that are hidden wherever they appear, the longest first
  std::vector<std::string> words;    ///< values that are hidden where they stand as words: users, the unknown

  /// For messages: a text of a driver in one line, without pieces of the connection string.
  /// `sql`, a statement that the driver may quote and that may hold a secret, is hidden as well.
  std::string present(std::string_view text_of_driver, std::string_view sql = {}) const;
};

/// Reads the string alone: what a data source of odbc.ini adds is not known here.
/// throws DriverError (connect) in our own words, which quote nothing of `dsn`.
OdbcTarget read_odbc_target(const Dsn& dsn);

}  // namespace dbpool
