#include "drivers/sqlite/errors.hpp"

#include <algorithm>
#include <array>

namespace dbpool {
namespace {

struct CodeName {
  int code;
  const char* name;
};

constexpr std::array names{
    CodeName{SQLITE_ERROR, "SQLITE_ERROR"},
    CodeName{SQLITE_INTERNAL, "SQLITE_INTERNAL"},
    CodeName{SQLITE_PERM, "SQLITE_PERM"},
    CodeName{SQLITE_ABORT, "SQLITE_ABORT"},
    CodeName{SQLITE_BUSY, "SQLITE_BUSY"},
    CodeName{SQLITE_LOCKED, "SQLITE_LOCKED"},
    CodeName{SQLITE_NOMEM, "SQLITE_NOMEM"},
    CodeName{SQLITE_READONLY, "SQLITE_READONLY"},
    CodeName{SQLITE_INTERRUPT, "SQLITE_INTERRUPT"},
    CodeName{SQLITE_IOERR, "SQLITE_IOERR"},
    CodeName{SQLITE_CORRUPT, "SQLITE_CORRUPT"},
    CodeName{SQLITE_NOTFOUND, "SQLITE_NOTFOUND"},
    CodeName{SQLITE_FULL, "SQLITE_FULL"},
    CodeName{SQLITE_CANTOPEN, "SQLITE_CANTOPEN"},
    CodeName{SQLITE_PROTOCOL, "SQLITE_PROTOCOL"},
    CodeName{SQLITE_SCHEMA, "SQLITE_SCHEMA"},
    CodeName{SQLITE_TOOBIG, "SQLITE_TOOBIG"},
    CodeName{SQLITE_CONSTRAINT, "SQLITE_CONSTRAINT"},
    CodeName{SQLITE_MISMATCH, "SQLITE_MISMATCH"},
    CodeName{SQLITE_MISUSE, "SQLITE_MISUSE"},
    CodeName{SQLITE_NOLFS, "SQLITE_NOLFS"},
    CodeName{SQLITE_AUTH, "SQLITE_AUTH"},
    CodeName{SQLITE_RANGE, "SQLITE_RANGE"},
    CodeName{SQLITE_NOTADB, "SQLITE_NOTADB"},
    CodeName{SQLITE_BUSY_RECOVERY, "SQLITE_BUSY_RECOVERY"},
    CodeName{SQLITE_BUSY_SNAPSHOT, "SQLITE_BUSY_SNAPSHOT"},
    CodeName{SQLITE_LOCKED_SHAREDCACHE, "SQLITE_LOCKED_SHAREDCACHE"},
    CodeName{SQLITE_READONLY_DBMOVED, "SQLITE_READONLY_DBMOVED"},
    CodeName{SQLITE_READONLY_DIRECTORY, "SQLITE_READONLY_DIRECTORY"},
    CodeName{SQLITE_IOERR_READ, "SQLITE_IOERR_READ"},
    CodeName{SQLITE_IOERR_SHORT_READ, "SQLITE_IOERR_SHORT_READ"},
    CodeName{SQLITE_IOERR_WRITE, "SQLITE_IOERR_WRITE"},
    CodeName{SQLITE_IOERR_FSYNC, "SQLITE_IOERR_FSYNC"},
    CodeName{SQLITE_IOERR_LOCK, "SQLITE_IOERR_LOCK"},
    CodeName{SQLITE_IOERR_NOMEM, "SQLITE_IOERR_NOMEM"},
    CodeName{SQLITE_CORRUPT_INDEX, "SQLITE_CORRUPT_INDEX"},
    CodeName{SQLITE_CANTOPEN_ISDIR, "SQLITE_CANTOPEN_ISDIR"},
    CodeName{SQLITE_CONSTRAINT_CHECK, "SQLITE_CONSTRAINT_CHECK"},
    CodeName{SQLITE_CONSTRAINT_FOREIGNKEY, "SQLITE_CONSTRAINT_FOREIGNKEY"},
    CodeName{SQLITE_CONSTRAINT_NOTNULL, "SQLITE_CONSTRAINT_NOTNULL"},
    CodeName{SQLITE_CONSTRAINT_PRIMARYKEY, "SQLITE_CONSTRAINT_PRIMARYKEY"},
    CodeName{SQLITE_CONSTRAINT_TRIGGER, "SQLITE_CONSTRAINT_TRIGGER"},
    CodeName{SQLITE_CONSTRAINT_UNIQUE, "SQLITE_CONSTRAINT_UNIQUE"},
};

int primary(int extended_code) {
  return extended_code & 0xff;
}

const char* known_name(int code) {
  const auto found =
      std::find_if(names.begin(), names.end(), [&](const CodeName& entry) { return entry.code == code; });
  return found == names.end() ? nullptr : found->name;
}

}  // namespace

std::string sqlite_code_name(int extended_code) {
  if (const char* name = known_name(extended_code)) return name;
  const char* name = known_name(primary(extended_code));
  return std::string(name == nullptr ? "SQLite code" : name) + " " + std::to_string(extended_code);
}

ErrorKind sqlite_statement_kind(int extended_code) {
  if (extended_code == SQLITE_BUSY_SNAPSHOT) return ErrorKind::query;
  if (extended_code == SQLITE_READONLY_DBMOVED) return ErrorKind::network;
  switch (primary(extended_code)) {
    case SQLITE_BUSY:
    case SQLITE_INTERRUPT:
      return ErrorKind::timeout;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_PROTOCOL:
      return ErrorKind::network;
    case SQLITE_NOMEM:
    case SQLITE_INTERNAL:
    case SQLITE_MISUSE:
      return ErrorKind::other;
    default:
      return ErrorKind::query;
  }
}

DriverError sqlite_error(ErrorKind kind, const std::string& attempt, sqlite3* db) {
  const int code = sqlite3_extended_errcode(db);
  return DriverError(kind, attempt + ": " + sqlite3_errmsg(db) + " (" + sqlite_code_name(code) + ")");
}

}  // namespace dbpool
