#include "support/servers/child_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "support/eventually.hpp"

namespace dbpool {
namespace {

namespace fs = std::filesystem;

/// Returns pointers into `words`, as exec expects them.
std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> all;
  for (std::string& word : words) all.push_back(word.data());
  all.push_back(nullptr);
  return all;
}

std::vector<std::string> clean_environment(const ChildProcess::Environment& given,
                                           const fs::path& temporary) {
  ChildProcess::Environment all = given;
  for (const char* name : {"PATH", "ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) all.emplace(name, value);
  }
  all.emplace("TMPDIR", temporary.string());
  std::vector<std::string> words;
  for (const auto& [name, value] : all) words.push_back(name + '=' + value);
  return words;
}

int opened(const fs::path& file, int flags) {
  return ::open(file.c_str(), flags | O_CLOEXEC, 0600);
}

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  std::string name = (fs::temp_directory_path() / "dbpool_test_XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory " + name);
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

fs::path TemporaryDirectory::write(const std::string& name, const std::string& text) const {
  const fs::path file = path_ / name;
  std::ofstream(path_ / "unfinished") << text;
  fs::rename(path_ / "unfinished", file);
  return file;
}

ChildProcess::ChildProcess(std::vector<std::string> command, const Environment& environment) {
  auto variables = clean_environment(environment, temporary_.path());
  const auto argv = pointers(command);
  const auto envp = pointers(variables);
  const int in = opened("/dev/null", O_RDONLY);
  const int out = opened(output_.path() / "out", O_CREAT | O_APPEND | O_WRONLY);
  const int err = opened(output_.path() / "err", O_CREAT | O_APPEND | O_WRONLY);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(in, STDIN_FILENO);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    ::execvpe(argv.front(), argv.data(), envp.data());
    ::_exit(127);
  }
  for (const int fd : {in, out, err}) ::close(fd);
  if (pid_ < 0) throw std::runtime_error("cannot start " + command.front());
}

ChildProcess::~ChildProcess() {
  if (exit_code_) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void ChildProcess::signal(int number) const {
  if (!exit_code_) ::kill(pid_, number);
}

std::optional<int> ChildProcess::wait_exit(std::chrono::nanoseconds bound) {
  const auto ended = [this] {
    int status = 0;
    if (!exit_code_ && ::waitpid(pid_, &status, WNOHANG) == pid_) {
      exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    return exit_code_.has_value();
  };
  eventually(ended, bound);
  return exit_code_;
}

std::string ChildProcess::standard_output() const {
  return read_whole(output_.path() / "out");
}
std::string ChildProcess::standard_error() const {
  return read_whole(output_.path() / "err");
}

Finished run_to_end(std::vector<std::string> command, const ChildProcess::Environment& environment) {
  ChildProcess child(std::move(command), environment);
  const auto exit_code = child.wait_exit(std::chrono::seconds(20));
  return {exit_code, child.standard_output(), child.standard_error()};
}

std::string read_whole(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace dbpool
