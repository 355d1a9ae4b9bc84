#pragma once

#include <deque>
#include <mutex>
#include <string>

#include "dbpool/sync/guarded.hpp"
#include "tls/keyed_digest.hpp"
#include "web/web_config.hpp"

namespace dbpool {

/// Checks logins. A wrong one takes as long as an unknown or a malformed one. One hash is computed at a time,
/// and at most eight threads wait to compute one. Right logins are remembered, the last 100 of them, by a
/// digest. Any thread may call it.
///
/// Locking: `computing_` lets one thread compute.
class PasswordCheck {
 public:
  enum class Answer { right, wrong, busy };

  /// `header`: the value of Authorization. REQUIRES: `users` is not empty, and has valid hashes.
  Answer check(const Users& users, const std::string& header);
  /// Returns whether `check` was right before, so that it is quick now.
  bool is_remembered(const Users& users, const std::string& header) const;

 private:
  struct Claim;

  KeyedDigest::Value digest_of(const Claim& claim) const;
  bool remembers(const KeyedDigest::Value& digest) const;

  const KeyedDigest digest_;
  Guarded<std::deque<KeyedDigest::Value>> remembered_;
  Guarded<unsigned> entered_{0};  // threads that compute or wait
  std::mutex computing_;
};

}  // namespace dbpool
