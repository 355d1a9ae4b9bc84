#pragma once

#include <filesystem>
#include <string>

#include "support/servers/child_process.hpp"

namespace dbpool {

/// Makes certificates with the program `openssl`, in a directory of its own. Each is `<name>.pem` with
/// `<name>.key`. One thread at a time.
class Certificates {
 public:
  std::filesystem::path file(const std::string& name) const { return directory_.path() / name; }
  std::string text(const std::string& name) const { return read_whole(file(name)); }
  const std::filesystem::path& path() const noexcept { return directory_.path(); }

  /// throws std::runtime_error.
  void make_authority(const std::string& name) const;
  /// Makes a certificate for a server and a client. `names`: such as "DNS:localhost,IP:127.0.0.1". A negative
  /// number of `days` makes an expired one. throws std::runtime_error.
  void make_signed(const std::string& name, const std::string& authority, const std::string& names,
                   int days = 2) const;
  /// Copies a certificate and its key, each atomically, in this order.
  void copy(const std::string& from, const std::string& to) const;
  void copy_file(const std::string& from, const std::string& to) const { directory_.write(to, text(from)); }
  void write(const std::string& name, const std::string& text) const { directory_.write(name, text); }

 private:
  const TemporaryDirectory directory_;
};

}  // namespace dbpool
