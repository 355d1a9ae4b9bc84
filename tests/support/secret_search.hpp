#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dbpool {

/// Looks for a secret in any disguise that a program could give it by accident. Const members may be called
/// from any thread.
class SecretSearch {
 public:
  /// Asks the system's md5sum, sha1sum and sha256sum for the hashes. throws std::runtime_error when it has
  /// none. REQUIRES: at least 8 characters.
  explicit SecretSearch(std::string secret);

  /// What of the secret is to be read in `text`, each as "form: what was found": any six characters in a row,
  /// the like of it in percent encoding, Base64 (wherever it begins) and hexadecimal, and its hashes.
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
