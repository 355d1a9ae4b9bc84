#include "drivers/sqlite/dsn.hpp"

#include <algorithm>
#include <charconv>

#include "dbpool/drivers/sqlite.hpp"

namespace dbpool {
namespace {

constexpr std::string_view scheme = "file:";

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    const char* const digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      decoded += static_cast<char>(byte);
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

SqliteTarget::Mode mode_of(std::string_view word) {
  using Mode = SqliteTarget::Mode;
  if (word == "ro") return Mode::ro;
  if (word == "rw") return Mode::rw;
  if (word == "rwc") return Mode::rwc;
  return word == "memory" ? Mode::memory : Mode::other;
}

bool is_on(std::string_view value) {
  return value == "1" || value == "yes" || value == "true" || value == "on";
}

void read_parameters(std::string_view query, SqliteTarget& target) {
  while (!query.empty()) {
    const auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    const auto equals = std::min(pair.find('='), pair.size());
    const std::string key = percent_decoded(pair.substr(0, equals));
    const std::string value = percent_decoded(pair.substr(std::min(equals + 1, pair.size())));
    if (key == "mode") target.mode = mode_of(value);
    if (key == "immutable") target.immutable = is_on(value);
    if (key == "vfs" && value == "memdb") target.in_memory = true;
  }
}

/// Describes the error in a path without `file:`; "" = none.
std::string path_problem(std::string_view path) {
  // `host=db password=…` would be the name of a file, password included.
  const bool has_pairs = path.substr(0, path.find_first_of("/?")).find('=') != std::string_view::npos;
  if (has_pairs || path.find("://") != std::string_view::npos)
    return "not a SQLite DSN; allowed: a path or a file: URI (is the driver right?)";
  const auto question = path.find('?');
  if (question != std::string_view::npos && path.find('=', question) != std::string_view::npos) {
    return "a path with parameters; allowed: a path, or a file: URI where there are parameters (there %3f is "
           "a "
           "question mark in a name)";
  }
  return {};
}

std::string uri_problem(std::string_view uri, const SqliteTarget& target) {
  if (uri.find('#') != std::string_view::npos)
    return "a '#', from which on SQLite drops the rest; allowed: %23 for one in a name";
  if (uri.find("%00") != std::string_view::npos) return "a zero byte; allowed: a path or a file: URI";
  if (target.mode == SqliteTarget::Mode::other) return "an unknown mode; allowed: ro, rw, rwc or memory";
  if (target.file.empty() && !target.in_memory)
    return "a URI that names no file; allowed: a path after file:";
  return {};
}

/// Describes the option that the DSN forbids; "" = none.
std::string contradiction(const SqliteTarget& target, const SqliteOptions& options) {
  using Mode = SqliteTarget::Mode;
  const bool keeps = options.journal_mode == JournalMode::keep;
  if (options.create && (target.mode == Mode::ro || target.mode == Mode::rw))
    return "the mode in the URI makes no file, which create: true asks for; allowed: one of the two";
  if (!keeps && (target.mode == Mode::ro || target.immutable))
    return "a database that is only read, which journal_mode would change; allowed: journal_mode: keep";
  const bool in_memory_too =
      options.journal_mode == JournalMode::memory || options.journal_mode == JournalMode::off;
  if (target.in_memory && !keeps && !in_memory_too)
    return "a database in memory, which has no such journal_mode; allowed: keep, memory or off";
  return {};
}

}  // namespace

SqliteTarget sqlite_target(std::string_view path_or_uri) {
  SqliteTarget target;
  if (!path_or_uri.starts_with(scheme)) {
    target.file = path_or_uri;
  } else {
    std::string_view path = path_or_uri.substr(scheme.size());
    path = path.substr(0, path.find('#'));
    const auto question = std::min(path.find('?'), path.size());
    read_parameters(path.substr(std::min(question + 1, path.size())), target);
    path = path.substr(0, question);
    if (path.starts_with("//")) path.remove_prefix(std::min(path.find('/', 2), path.size()));
    target.file = percent_decoded(path);
  }
  if (target.file == ":memory:" || target.mode == SqliteTarget::Mode::memory) target.in_memory = true;
  return target;
}

std::string sqlite_dsn_problem(const Dsn& dsn, const SqliteOptions& options) {
  const std::string& text = dsn.reveal();
  if (text.empty()) return "an empty DSN; allowed: a path or a file: URI";
  const auto is_control = [](unsigned char c) { return c < ' ' || c == 0x7f; };
  if (std::ranges::any_of(text, is_control))
    return "a line break or another control character inside; allowed: one path or file: URI (%0a in a URI)";
  const SqliteTarget target = sqlite_target(text);
  const std::string problem = text.starts_with(scheme) ? uri_problem(text, target) : path_problem(text);
  return problem.empty() ? contradiction(target, options) : problem;
}

}  // namespace dbpool
