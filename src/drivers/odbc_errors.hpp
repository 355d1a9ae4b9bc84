#pragma once

#include <sql.h>

#include <string>
#include <string_view>

#include "dbpool/model/error.hpp"

namespace dbpool {

/// What a driver said of a failed call. Not fit to be shown before `OdbcTarget::present`.
struct OdbcDiagnosis {
  std::string sqlstate;
  std::string text;
};

/// Reads the diagnostic records of a handle, up to four.
OdbcDiagnosis diagnose(SQLSMALLINT handle_type, SQLHANDLE handle);

/// What a failed connect means. Some drivers report a refused login as any failed connect (08001), so their
/// words count, too.
ErrorKind odbc_connect_kind(const OdbcDiagnosis& diagnosis);

/// Whether a driver says in words, under a state that would mean anything, that the server has ended the
/// session or cannot be reached over it any more.
bool odbc_says_lost(const OdbcDiagnosis& diagnosis);

/// What a failed statement means. `dead`: the driver says that the connection is lost.
ErrorKind odbc_statement_kind(std::string_view sqlstate, bool dead);

}  // namespace dbpool
