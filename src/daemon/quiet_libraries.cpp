#include "daemon/quiet_libraries.hpp"

#include "drivers/postgres_passfile.hpp"

namespace dbpool {

void quiet_libraries() {
  // Of what is linked, only libpq writes there unasked: of its password file, and notices, which our
  // connections drop. Ours get a file that it accepts; this is for libpq within a driver of ODBC.
  hide_unusable_passfile();
}

}  // namespace dbpool
