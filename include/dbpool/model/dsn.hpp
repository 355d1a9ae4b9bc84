#pragma once

#include <filesystem>
#include <string>
#include <variant>

namespace dbpool {

/// A data source name. It holds a secret, so it can be shown only with its password as `***`:
/// there is no way to print one by accident.
class Dsn {
 public:
  Dsn() = default;
  explicit Dsn(std::string text) : text_(std::move(text)) {}

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

  /// throws Error that names the file when it cannot be read or is empty. A trailing newline is dropped.
  Dsn read() const;
  bool operator==(const DsnSource&) const = default;

 private:
  std::variant<Dsn, std::filesystem::path> from_;
};

}  // namespace dbpool
