#include "daemon/quiet_libraries.hpp"

#include "drivers/postgres/passfile.hpp"

namespace dbpool {

void quiet_libraries() {
  // Only libpq writes there by itself: warnings about its password file, and notices, which our connections
  // drop. Our connections name a file that libpq accepts; this hides the file from the libpq in an ODBC
  // driver.
  hide_unusable_passfile();
}

}  // namespace dbpool
