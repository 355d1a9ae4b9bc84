#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dbpool/model/dsn.hpp"
#include "dbpool/model/pool_snapshot.hpp"

namespace dbpool {

/// The contents of an ODBC connection string.
struct OdbcTarget {
  std::string text;   ///< for the driver manager only
  std::string place;  ///< for messages: `"app" at db:5432`
  PoolInfo info;
  std::vector<std::string> secrets;  ///< values to hide wherever they appear, the longest first
  std::vector<std::string> words;    ///< values to hide as whole words: users, values of unknown keywords

  /// Returns a text of the driver as one line for messages, without pieces of the connection string. Also
  /// hides `sql`, a statement that the driver may quote and that may contain a secret.
  std::string present(std::string_view text_of_driver, std::string_view sql = {}) const;
};

/// Reads the string alone, not the data source of odbc.ini that it may name. throws DriverError (connect),
/// whose text quotes nothing of `dsn`.
OdbcTarget read_odbc_target(const Dsn& dsn);

}  // namespace dbpool
