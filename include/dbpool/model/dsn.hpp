#pragma once

#include <filesystem>
#include <string>
#include <variant>

#include "dbpool/model/error.hpp"

namespace dbpool {

/// The password of a DSN seems to hold an unencoded `@` or `/`, so its rest would be read as the host, port,
/// database or path. The message names the error and shows no piece of the DSN.
class StrayPassword : public Error {
 public:
  using Error::Error;
};

/// A data source name. It holds a secret, so it has no conversion to text other than `reveal` and `redacted`.
class Dsn {
 public:
  Dsn() = default;
  /// Removes blanks, line breaks and byte order marks at both ends, but keeps an escaped blank at the end.
  explicit Dsn(std::string text);

  /// Returns the whole text. For client libraries only.
  const std::string& reveal() const noexcept { return text_; }
  /// Returns the text with every password as `***`: in a URI (`user:password@`, `?password=`), in `key=value`
  /// pairs and in ODBC pairs (`PWD={…};`). Hides all text that it cannot identify as harmless.
  std::string redacted() const;
  bool empty() const noexcept { return text_.empty(); }
  bool operator==(const Dsn&) const = default;

 private:
  std::string text_;
};

/// The source of a DSN: a given value, or a file that is read again at every connect, so that a rotated
/// secret is used.
class DsnSource {
 public:
  DsnSource() = default;
  explicit DsnSource(Dsn dsn) : from_(std::move(dsn)) {}
  explicit DsnSource(std::filesystem::path file) : from_(std::move(file)) {}

  /// Returns the DSN. throws Error, which names the file, if the file cannot be read or is empty or too
  /// large; StrayPassword.
  Dsn read() const;
  bool operator==(const DsnSource&) const = default;

 private:
  std::variant<Dsn, std::filesystem::path> from_;
};

}  // namespace dbpool
