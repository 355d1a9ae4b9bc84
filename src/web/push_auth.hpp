#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "web/route.hpp"

namespace dbpool {

/// Who may send something. At least one of both is given.
struct PushLogins {
  std::map<std::string, std::string> users = {};  ///< names, and their passwords' hashes by bcrypt
  std::string bearer_token_file = {};             ///< "" = no token is accepted
};

/// A guard that refuses a request without a valid login: 401. Its copies are one. Any thread may call it.
///
/// A password is checked once and its login then remembered, up to 100 of them. One password is checked at a
/// time, and the next one waits. A name that is not known takes as long as the user whose hash costs most.
/// The file of the token is read again when it is older than a second; while it cannot be read, the last
/// token counts.
class PushAuth {
 public:
  /// throws Error: the file of the token cannot be read.
  explicit PushAuth(PushLogins logins);

  std::optional<Response> operator()(const Request& request) const;
  /// Returns whether the guard would check a password, which takes long.
  bool is_slow(const Request& request) const;

 private:
  class Logins;
  std::shared_ptr<Logins> logins_;
};

}  // namespace dbpool
