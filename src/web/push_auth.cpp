#include "web/push_auth.hpp"

#include <strings.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "dbpool/model/error.hpp"
#include "dbpool/sync/guarded.hpp"
#include "model/secret_file.hpp"
#include "web/bcrypt.hpp"
#include "web/password_check.hpp"

namespace dbpool {
namespace {

using namespace std::chrono_literals;

/// Returns the rest of `header` behind the scheme; nullopt: it has another scheme.
std::optional<std::string_view> credentials(std::string_view header, std::string_view scheme) {
  const bool is_it = header.size() > scheme.size() && header[scheme.size()] == ' ' &&
                     ::strncasecmp(header.data(), scheme.data(), scheme.size()) == 0;
  if (!is_it) return std::nullopt;
  header.remove_prefix(std::min(header.find_first_not_of(' ', scheme.size()), header.size()));
  return header;
}

/// The token in a file.
class BearerToken {
 public:
  explicit BearerToken(std::string file) : file_(std::move(file)), state_(State{read(), now()}) {}

  bool is(std::string_view given) {
    const auto state = state_.access();
    if (now() - state->read_at > 1s) {
      state->read_at = now();
      try {
        state->token = read();
      } catch (const Error&) {  // NOLINT(bugprone-empty-catch): the last token counts
      }
    }
    return is_same_secret(given, state->token);
  }

 private:
  struct State {
    std::string token;
    std::chrono::steady_clock::time_point read_at;
  };

  static std::chrono::steady_clock::time_point now() { return std::chrono::steady_clock::now(); }
  std::string read() const { return read_secret_file(file_, "bearer_token_file"); }

  const std::string file_;
  Guarded<State> state_;
};

std::string authorization(const Request& request) {
  return request.header("Authorization").value_or("");
}

}  // namespace

class PushAuth::Logins {
 public:
  explicit Logins(PushLogins given) : users_(std::move(given.users)) {
    if (!given.bearer_token_file.empty()) token_.emplace(std::move(given.bearer_token_file));
  }

  std::optional<Response> refuse(const Request& request) {
    const std::string header = authorization(request);
    const auto bearer = credentials(header, "Bearer");
    if (bearer && token_ && token_->is(*bearer)) return std::nullopt;
    if (!has_login(header)) return unauthorized();
    switch (passwords_.check(users_, header)) {
      case PasswordCheck::Answer::right:
        return std::nullopt;
      case PasswordCheck::Answer::busy:
        return error_response(503, "too many logins at once; try again later");
      case PasswordCheck::Answer::wrong:
        break;
    }
    return unauthorized();
  }

  bool is_slow(const Request& request) const {
    const std::string header = authorization(request);
    return has_login(header) && !passwords_.is_remembered(users_, header);
  }

 private:
  bool has_login(std::string_view header) const {
    return !users_.empty() && credentials(header, "Basic").has_value();
  }
  Response unauthorized() const {
    Response refusal = error_response(401, "a valid login is needed here");
    if (!users_.empty()) refusal.headers.push_back({"WWW-Authenticate", "Basic realm=\"dbpool_exporter\""});
    if (token_) refusal.headers.push_back({"WWW-Authenticate", "Bearer realm=\"dbpool_exporter\""});
    return refusal;
  }

  const Users users_;
  PasswordCheck passwords_;
  std::optional<BearerToken> token_;
};

PushAuth::PushAuth(PushLogins logins) : logins_(std::make_shared<Logins>(std::move(logins))) {}

std::optional<Response> PushAuth::operator()(const Request& request) const {
  return logins_->refuse(request);
}

bool PushAuth::is_slow(const Request& request) const {
  return logins_->is_slow(request);
}

}  // namespace dbpool
