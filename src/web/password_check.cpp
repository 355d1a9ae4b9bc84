#include "web/password_check.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "web/basic_login.hpp"
#include "web/bcrypt.hpp"

namespace dbpool {
namespace {

constexpr std::size_t most_remembered = 100;
constexpr unsigned most_entered = 9;  // one that computes, eight that wait

/// Returns the hash of no password, with the highest cost of the users' hashes.
std::string dummy_hash(const Users& users) {
  constexpr std::size_t cost_at = 4;
  const auto cost_of = [](const auto& user) { return user.second.substr(cost_at, 2); };
  const auto costliest = std::ranges::max_element(users, {}, cost_of);
  return "$2y$" + cost_of(*costliest) + "$abcdefghijklmnopqrstuuJ3yZ3yZ3yZ3yZ3yZ3yZ3yZ3yZ3yZ3y.";
}

/// A thread among those that compute or wait.
class Entry {
 public:
  explicit Entry(Guarded<unsigned>& entered) : entered_(entered), number_(++*entered.access()) {}
  Entry(const Entry&) = delete;
  Entry& operator=(const Entry&) = delete;
  ~Entry() { --*entered_.access(); }

  bool is_admitted() const noexcept { return number_ <= most_entered; }

 private:
  Guarded<unsigned>& entered_;
  const unsigned number_;
};

}  // namespace

/// A login, and the hash that its password is compared with.
struct PasswordCheck::Claim {
  BasicLogin login;
  std::string hash;
  bool is_possible = false;  ///< false: it is computed only for the time that it takes

  static Claim of(const Users& users, const std::string& header);
};

PasswordCheck::Claim PasswordCheck::Claim::of(const Users& users, const std::string& header) {
  constexpr std::size_t longest_password = 72;  // bcrypt ignores the rest
  auto login = parse_basic_login(header);
  const auto user = login ? users.find(login->user) : users.end();
  if (user == users.end()) return {{}, dummy_hash(users)};
  const bool is_possible =
      login->password.size() <= longest_password && login->password.find('\0') == std::string::npos;
  return {*std::move(login), user->second, is_possible};
}

PasswordCheck::Answer PasswordCheck::check(const Users& users, const std::string& header) {
  const Claim claim = Claim::of(users, header);
  const auto digest = digest_of(claim);
  if (remembers(digest)) return Answer::right;

  const Entry entry(entered_);
  if (!entry.is_admitted()) return Answer::busy;
  const std::lock_guard computing(computing_);
  if (remembers(digest)) return Answer::right;
  const bool is_right = matches_bcrypt(claim.login.password, claim.hash);
  if (!is_right || !claim.is_possible) return Answer::wrong;
  const auto remembered = remembered_.access();
  remembered->push_back(digest);
  if (remembered->size() > most_remembered) remembered->pop_front();
  return Answer::right;
}

bool PasswordCheck::is_remembered(const Users& users, const std::string& header) const {
  return remembers(digest_of(Claim::of(users, header)));
}

KeyedDigest::Value PasswordCheck::digest_of(const Claim& claim) const {
  const std::array<std::string_view, 3> texts{claim.login.user, claim.hash, claim.login.password};
  return digest_.of(texts);
}

bool PasswordCheck::remembers(const KeyedDigest::Value& digest) const {
  const auto remembered = remembered_.access();
  return std::ranges::find(*remembered, digest) != remembered->end();
}

}  // namespace dbpool
