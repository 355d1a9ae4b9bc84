#include <string_view>

#include "dbpool/model/dsn.hpp"
#include "model/blank_ends.hpp"
#include "model/secret_file.hpp"
#include "model/stray_password.hpp"

namespace dbpool {
namespace {

/// An odd number of backslashes at the end escapes the blank that follows.
bool ends_in_escape(std::string_view text) {
  return (text.size() - (text.find_last_not_of('\\') + 1)) % 2 == 1;
}

Dsn read_file(const std::filesystem::path& file) {
  // Somebody may have put the DSN itself where the file belongs.
  return Dsn(read_secret_file(file, "the dsn file " + Dsn(file.string()).redacted()));
}

}  // namespace

Dsn::Dsn(std::string text) : text_(without_blank_ends(text)) {
  const auto end = text.find(text_) + text_.size();
  const bool was_escaped = end < text.size() && (text[end] == ' ' || text[end] == '\t');
  if (!text_.empty() && was_escaped && ends_in_escape(text_)) text_ += text[end];
}

Dsn DsnSource::read() const {
  const auto* const given = std::get_if<Dsn>(&from_);
  Dsn dsn = given != nullptr ? *given : read_file(std::get<std::filesystem::path>(from_));
  const std::string problem = stray_password_in_dsn(dsn.reveal());
  if (!problem.empty()) throw StrayPassword("malformed DSN: " + problem);
  return dsn;
}

}  // namespace dbpool
