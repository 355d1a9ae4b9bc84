#pragma once

#include <sql.h>

#include <string>
#include <string_view>

#include "dbpool/model/error.hpp"

namespace dbpool {

/// A driver's report of a failed call. It must not be shown before `OdbcTarget::present`.
struct OdbcDiagnosis {
  std::string sqlstate;
  std::string text;
};

/// Reads the diagnostic records of a handle, up to four.
OdbcDiagnosis diagnose(SQLSMALLINT handle_type, SQLHANDLE handle);

/// Returns the kind of a failed connect. Some drivers report a refused login as any failed connect (08001),
/// so their texts count too.
ErrorKind odbc_connect_kind(const OdbcDiagnosis& diagnosis);

/// Returns whether the text of a general state reports that the server has ended the session or cannot be
/// reached over it any more.
bool odbc_says_lost(const OdbcDiagnosis& diagnosis);

/// Returns the kind of a failed statement. `dead`: the driver reports that the connection is lost.
ErrorKind odbc_statement_kind(std::string_view sqlstate, bool dead);

}  // namespace dbpool
