#pragma once

#include <map>
#include <string>

#include "web/route.hpp"

namespace dbpool {

/// Who may send something. At least one of both is given.
struct PushLogins {
  std::map<std::string, std::string> users = {};  ///< names, and their passwords' hashes by bcrypt
  std::string bearer_token_file = {};             ///< "" = no token is accepted
};

/// Refuses a request without a valid login: 401. A password is checked once and its login then remembered, up
/// to 100 of them. One password is checked at a time: meanwhile another new one is asked to come again, 503.
/// The file of the token is read again when it is older than a second; while it cannot be read, the last
/// token counts. throws Error: it cannot be read the first time.
Guard push_auth(PushLogins logins);

}  // namespace dbpool
