#include "dbpool/model/dsn.hpp"
#include "model/secret_file.hpp"
#include "model/stray_password.hpp"

namespace dbpool {
namespace {

Dsn read_file(const std::filesystem::path& file) {
  // The user may have given the DSN itself as the file's path, so redact it.
  return Dsn(read_secret_file(file, "the dsn file " + Dsn(file.string()).redacted()));
}

}  // namespace

Dsn DsnSource::read() const {
  const auto* const given = std::get_if<Dsn>(&from_);
  Dsn dsn = given != nullptr ? *given : read_file(std::get<std::filesystem::path>(from_));
  const std::string problem = stray_password_in_dsn(dsn.reveal());
  if (!problem.empty()) throw StrayPassword("malformed DSN: " + problem);
  return dsn;
}

}  // namespace dbpool
