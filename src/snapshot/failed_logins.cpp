#include "snapshot/failed_logins.hpp"

#include "health/error_class.hpp"
#include "health/pressure.hpp"

namespace dbpool {
namespace {

/// Returns whether the pooler's own client cannot log in through this pool now. Its next success ends that.
bool cannot_log_in(const PoolSnapshot& figures) {
  return figures.errors_recent.value_or(0) > 0 && figures.last_contact_ok != true &&
         figures.total().value_or(0) == 0 && is_failed_login(figures.last_error);
}

/// Returns whether clients wait for servers that the pooler cannot open, for no limit and no pause.
bool gets_no_server(const PoolSnapshot& figures) {
  return figures.last_connect_ok == false && figures.total() == 0U && callers_waiting(figures) > 0 &&
         figures.limited_by.empty() && figures.paused == false && figures.disabled != true;
}

}  // namespace

FailedLogins failed_logins(const PoolSource::Reading& reading) {
  FailedLogins failed;
  for (const PoolSnapshot& figures : reading.pools) {
    const std::string& database = figures.key.database();
    if (!database.empty() && cannot_log_in(figures)) failed[database] = figures.last_error;
  }
  return failed;
}

FailedLogins failing_databases(const PoolSource::Reading& reading) {
  FailedLogins failing = failed_logins(reading);
  for (const PoolSnapshot& figures : reading.pools) {
    const std::string& database = figures.key.database();
    if (!database.empty() && gets_no_server(figures))
      failing.try_emplace(database, "clients wait and no server can be opened");
  }
  return failing;
}

}  // namespace dbpool
