#include "daemon/prepare_libraries.hpp"

#include "dbpool/drivers/odbc.hpp"
#include "drivers/postgres/passfile.hpp"

namespace dbpool {

void prepare_libraries() {
  // Only libpq writes to standard error by itself: warnings about its password file, and notices, which our
  // connections drop. Our connections name a file that libpq accepts; this hides the file from the libpq in
  // an ODBC driver.
  hide_unusable_passfile();
  set_odbc_encoding();
}

}  // namespace dbpool
