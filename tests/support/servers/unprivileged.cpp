#include "support/servers/unprivileged.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "support/servers/free_port.hpp"

namespace dbpool {
namespace {

namespace fs = std::filesystem;

const passwd* server_user() {
  if (::geteuid() != 0) return nullptr;
  const passwd* user = ::getpwnam("postgres");
  if (user == nullptr) throw std::runtime_error("root cannot run servers: there is no user postgres");
  return user;
}

[[noreturn]] void become(const passwd* user, std::vector<char*>& arguments, int log) {
  if (user != nullptr &&
      (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0)) {
    ::_exit(126);
  }
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);  // after setuid, which clears it
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  if (::chdir("/") == 0) ::execv(arguments.front(), arguments.data());
  ::_exit(127);
}

}  // namespace

fs::path new_server_directory(const std::string& prefix) {
  std::string path = (fs::temp_directory_path() / (prefix + "XXXXXX")).string();
  if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("no temporary directory " + path);
  if (const passwd* user = server_user();
      user != nullptr && ::chown(path.c_str(), user->pw_uid, user->pw_gid) != 0) {
    throw std::runtime_error("cannot give " + path + " to the user postgres");
  }
  return path;
}

pid_t spawn_server(std::vector<std::string> command, const fs::path& log_file) {
  std::vector<char*> arguments;
  for (std::string& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const passwd* user = server_user();
  const int log = ::open(log_file.c_str(), O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0644);
  const pid_t child = ::fork();
  if (child == 0) become(user, arguments, log);
  ::close(log);
  if (child < 0) throw std::runtime_error("cannot start " + command.front());
  return child;
}

bool wait_until(const std::function<bool()>& condition, std::chrono::milliseconds bound) {
  for (const auto end = std::chrono::steady_clock::now() + bound; std::chrono::steady_clock::now() < end;) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return condition();
}

bool listens(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  const bool connected = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return connected;
}

std::string tail_of(const fs::path& log_file) {
  std::ifstream file(log_file);
  std::ostringstream text;
  text << file.rdbuf();
  const std::string log = text.str();
  return log.substr(log.size() - std::min<std::size_t>(log.size(), 2000));
}

}  // namespace dbpool
