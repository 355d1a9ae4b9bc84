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

/// Returns a hash of no password that costs as much as the most expensive one, or the usual cost of 10.
std::string nothing_like(const std::map<std::string, std::string>& hashes) {
  constexpr std::size_t cost_at = 4, cost_size = 2;
  std::string nothing = "$2y$10$abcdefghijklmnopqrstuuJ3yZ3yZ3yZ3yZ3yZ3yZ3yZ3yZ3yZ3y.", most;
  for (const auto& [name, hash] : hashes) most = std::max(most, hash.substr(cost_at, cost_size));
  if (!most.empty()) nothing.replace(cost_at, cost_size, most);
  return nothing;
}

/// Decodes base64 (RFC 4648); nullopt: it is not.
std::optional<std::string> from_base64(std::string_view text) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  constexpr unsigned bits_a_letter = 6, bits_a_byte = 8;
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string bytes;
  unsigned bits = 0, count = 0;
  for (const char c : text) {
    const auto value = digits.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << bits_a_letter) | static_cast<unsigned>(value);
    count += bits_a_letter;
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
class PushUsers {
 public:
  explicit PushUsers(std::map<std::string, std::string> hashes)
      : hashes_(std::move(hashes)), hash_of_nothing_(nothing_like(hashes_)) {}

  bool empty() const noexcept { return hashes_.empty(); }

  /// Returns whether a login is right. `login`: `name:password` in base64.
  bool know(std::string_view login) {
    if (is_remembered(login)) return true;
    const std::lock_guard lock(checking_);
    if (is_remembered(login)) return true;
    if (!matches(login)) return false;
    const auto remembered = remembered_.access();
    remembered->emplace_back(login);
    if (remembered->size() > max_remembered) remembered->pop_front();
    return true;
  }

  /// Returns whether a login was right before.
  bool is_remembered(std::string_view login) const {
    const auto remembered = remembered_.access();
    return std::ranges::any_of(*remembered, [&](const auto& known) { return is_same_secret(login, known); });
  }

 private:
  bool matches(std::string_view login) const {
    const auto decoded = from_base64(login);
    if (!decoded) return false;
    const auto colon = decoded->find(':');
    if (colon == std::string::npos || decoded->find('\0') != std::string::npos) return false;
    const auto user = hashes_.find(decoded->substr(0, colon));
    const bool is_right =
        matches_bcrypt(decoded->substr(colon + 1), user == hashes_.end() ? hash_of_nothing_ : user->second);
    return is_right && user != hashes_.end();
  }

  const std::map<std::string, std::string> hashes_;
  const std::string hash_of_nothing_;
  Guarded<std::deque<std::string>> remembered_;
  std::mutex checking_;
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
    const auto login = credentials(header, "Basic");
    if (login && !users_.empty() && users_.know(*login)) return std::nullopt;
    return unauthorized();
  }

  bool is_slow(const Request& request) const {
    const std::string header = authorization(request);
    const auto login = credentials(header, "Basic");
    return login && !users_.empty() && !users_.is_remembered(*login);
  }

 private:
  Response unauthorized() const {
    Response refusal = error_response(401, "a valid login is needed here");
    if (!users_.empty()) refusal.headers.push_back({"WWW-Authenticate", "Basic realm=\"dbpool_exporter\""});
    if (token_) refusal.headers.push_back({"WWW-Authenticate", "Bearer realm=\"dbpool_exporter\""});
    return refusal;
  }

  PushUsers users_;
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
