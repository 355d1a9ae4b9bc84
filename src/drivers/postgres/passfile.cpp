#include "drivers/postgres/passfile.hpp"

#include <fcntl.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string_view>

namespace dbpool {
namespace {

constexpr std::string_view nowhere = PostgresPassfile::nowhere;

/// Returns the directory in which libpq looks for `.pgpass`; "" = none.
std::string home_directory() {
  constexpr int asks_environment = 150000;  // the first version of libpq that reads HOME
  const char* const home = std::getenv("HOME");
  if (PQlibVersion() >= asks_environment && home != nullptr && *home != '\0') return home;
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  ::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found);
  return found == nullptr || found->pw_dir == nullptr ? "" : found->pw_dir;
}

std::string default_path() {
  const std::string home = home_directory();
  return home.empty() ? "" : home + "/.pgpass";
}

PostgresPassfile ignored(const std::string& path, const char* why, const char* cure) {
  return {PostgresPassfile::nowhere, "the password file \"" + path + "\" is ignored: " + why + "; " + cure};
}

}  // namespace

PostgresPassfile find_passfile(const std::string& named) {
  if (named.starts_with(nowhere)) return find_passfile(named.substr(nowhere.size()));
  const std::string path = named.empty() ? default_path() : named;
  if (path.empty()) return {};
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0)
    return named.empty() ? PostgresPassfile{}
                         : ignored(path, "it cannot be found", "allowed: a readable file");
  if (!S_ISREG(status.st_mode)) return ignored(path, "it is not a plain file", "allowed: a plain file");
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return ignored(
        path, "its group or others have access to it",
        "allowed: mode 0600 (chmod 0600); where a file cannot have it, as a Kubernetes secret with "
        "fsGroup, a dsn_file");
  }
  if (::faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) != 0)
    return ignored(path, "it cannot be read", "allowed: a file that this process may read");
  return {path, ""};
}

void hide_unusable_passfile() {
  const char* const variable = std::getenv("PGPASSFILE");
  const std::string named = variable == nullptr ? "" : variable;
  if (find_passfile(named).problem.empty() || named.starts_with(nowhere)) return;
  const std::string hidden = std::string(nowhere) + (named.empty() ? default_path() : named);
  ::setenv("PGPASSFILE", hidden.c_str(), 1);
}

}  // namespace dbpool
