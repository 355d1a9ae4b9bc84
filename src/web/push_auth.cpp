#include "web/push_auth.hpp"

#include <strings.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include "dbpool/model/error.hpp"
#include "dbpool/sync/guarded.hpp"
#include "model/secret_file.hpp"
#include "web/bcrypt.hpp"

namespace dbpool {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t max_remembered = 100;

/// A hash of no password, so that a name that is not known takes as long as one that is.
const std::string hash_of_nothing = "$2y$10$abcdefghijklmnopqrstuuJ3yZ3yZ3yZ3yZ3yZ3yZ3yZ3yZ3yZ3y.";

/// Decodes base64 (RFC 4648); nullopt: it is not.
std::optional<std::string> from_base64(std::string_view text) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  constexpr unsigned bits_a_digit = 6, bits_a_byte = 8;
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string bytes;
  unsigned bits = 0, count = 0;
  for (const char c : text) {
    const auto value = digits.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << bits_a_digit) | static_cast<unsigned>(value);
    count += bits_a_digit;
    if (count < bits_a_byte) continue;
    count -= bits_a_byte;
    bytes += static_cast<char>(bits >> count);
    bits &= (1U << count) - 1;
  }
  return bytes;
}

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

/// The names and passwords.
class Users {
 public:
  enum class Answer { known, unknown, busy };

  explicit Users(std::map<std::string, std::string> hashes) : hashes_(std::move(hashes)) {}

  /// `login`: `name:password` in base64.
  Answer check(std::string_view login) {
    if (is_remembered(login)) return Answer::known;
    const std::unique_lock lock(checking_, std::try_to_lock);
    if (!lock.owns_lock()) return Answer::busy;
    if (!matches(login)) return Answer::unknown;
    const auto remembered = remembered_.access();
    remembered->emplace_back(login);
    if (remembered->size() > max_remembered) remembered->pop_front();
    return Answer::known;
  }

 private:
  bool is_remembered(std::string_view login) const {
    const auto remembered = remembered_.access();
    return std::ranges::any_of(*remembered, [&](const auto& known) { return is_same_secret(login, known); });
  }

  bool matches(std::string_view login) const {
    const auto decoded = from_base64(login);
    if (!decoded) return false;
    const auto colon = decoded->find(':');
    if (colon == std::string::npos || decoded->find('\0') != std::string::npos) return false;
    const auto user = hashes_.find(decoded->substr(0, colon));
    const bool is_right =
        matches_bcrypt(decoded->substr(colon + 1), user == hashes_.end() ? hash_of_nothing : user->second);
    return is_right && user != hashes_.end();
  }

  const std::map<std::string, std::string> hashes_;
  Guarded<std::deque<std::string>> remembered_;
  std::mutex checking_;
};

/// All that a guard knows.
struct Logins {
  explicit Logins(PushLogins given) : has_users(!given.users.empty()), users(std::move(given.users)) {
    if (!given.bearer_token_file.empty()) token.emplace(std::move(given.bearer_token_file));
  }

  std::optional<Response> refuse(const Request& request);
  Response unauthorized() const;

  const bool has_users;
  Users users;
  std::optional<BearerToken> token;
};

std::optional<Response> Logins::refuse(const Request& request) {
  const std::string header = request.header("Authorization").value_or("");
  if (const auto given = credentials(header, "Bearer"); given && token && token->is(*given))
    return std::nullopt;
  const auto login = credentials(header, "Basic");
  const auto answer = login && has_users ? users.check(*login) : Users::Answer::unknown;
  if (answer == Users::Answer::known) return std::nullopt;
  if (answer == Users::Answer::unknown) return unauthorized();
  Response busy = error_response(503, "another login is being checked; try again later");
  busy.headers.push_back({"Retry-After", "1"});
  return busy;
}

Response Logins::unauthorized() const {
  Response refusal = error_response(401, "a valid login is needed here");
  if (has_users) refusal.headers.push_back({"WWW-Authenticate", "Basic realm=\"dbpool_exporter\""});
  if (token) refusal.headers.push_back({"WWW-Authenticate", "Bearer realm=\"dbpool_exporter\""});
  return refusal;
}

}  // namespace

Guard push_auth(PushLogins logins) {
  return [known = std::make_shared<Logins>(std::move(logins))](const Request& request) {
    return known->refuse(request);
  };
}

}  // namespace dbpool
