#pragma once

#include <filesystem>
#include <string>
#include <variant>

#include "dbpool/model/error.hpp"

namespace dbpool {

/// A DSN whose password seems to hold an `@` or `/` that is not encoded, so that its rest would be taken for
/// the host, the port, the database or the path. The message names the fault and shows no piece of the DSN.
class StrayPassword : public Error {
 public:
  using Error::Error;
};

/// A data source name. It holds a secret, so it can be shown only with its password as `***`:
/// there is no way to print one by accident.
class Dsn {
 public:
  Dsn() = default;
  /// Blanks, line breaks and byte order marks at both ends are cut off.
  explicit Dsn(std::string text);

  /// The whole text, for a client library and nothing else.
  const std::string& reveal() const noexcept { return text_; }
  /// The text with every password as `***`: of a URI (`user:password@`, `?password=`), of `key=value` and of
  /// ODBC pairs (`PWD={…};`). What cannot be told apart is hidden as well.
  std::string redacted() const;
  bool empty() const noexcept { return text_.empty(); }
  bool operator==(const Dsn&) const = default;

 private:
  std::string text_;
};

/// Where a DSN comes from: given in the configuration, or a file that is read afresh at every connect, so
/// that a rotated secret is picked up.
class DsnSource {
 public:
  DsnSource() = default;
  explicit DsnSource(Dsn dsn) : from_(std::move(dsn)) {}
  explicit DsnSource(std::filesystem::path file) : from_(std::move(file)) {}

  /// throws Error that names the file when it cannot be read or is empty, and StrayPassword.
  Dsn read() const;
  bool operator==(const DsnSource&) const = default;

 private:
  std::variant<Dsn, std::filesystem::path> from_;
};

}  // namespace dbpool
