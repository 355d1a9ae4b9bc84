#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dbpool {

/// Finds a secret in any form in which a program could leak it by accident. Const members may be called from
/// any thread.
class SecretSearch {
 public:
  /// Computes the hashes with the system's md5sum, sha1sum and sha256sum. throws std::runtime_error if they
  /// are missing. REQUIRES: at least 8 characters.
  explicit SecretSearch(std::string secret);

  /// Returns the traces of the secret in `text`, each as "form: the text found": any six consecutive
  /// characters, plain, percent-encoded, in Base64 (at any offset) or in hexadecimal, and its hashes.
  std::vector<std::string> traces_in(std::string_view text) const;

 private:
  struct Needle {
    std::string form, text;
  };

  void add_pieces(const std::string& form, const std::string& encoded, std::size_t length);
  void add_hash(const std::string& program);

  const std::string secret_;
  std::vector<Needle> needles_;
};

}  // namespace dbpool
