#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dbpool {

/// A directory of its own, removed with everything in it.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory();

  const std::filesystem::path& path() const noexcept { return path_; }
  /// Writes a file, or what replaces it at once; returns its path.
  std::filesystem::path write(const std::string& name, const std::string& text) const;

 private:
  std::filesystem::path path_;
};

/// A running program. One thread at a time; it is killed with the object, and when the thread that started it
/// ends. Its environment is clean: PATH, the sanitizers' options, a TMPDIR of its own, and what is given.
class ChildProcess {
 public:
  using Environment = std::map<std::string, std::string>;

  /// Starts `command`; the program is searched in PATH. throws std::runtime_error.
  explicit ChildProcess(std::vector<std::string> command, const Environment& environment = {});
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();

  pid_t pid() const noexcept { return pid_; }
  /// The TMPDIR of the program.
  const std::filesystem::path& temporary_directory() const noexcept { return temporary_.path(); }

  void signal(int number) const;
  /// Waits until it ends, for a stretched `bound` at most. Returns its exit code, or 128 + the signal that
  /// ended it; nullopt while it runs.
  std::optional<int> wait_exit(std::chrono::nanoseconds bound);

  /// Whether `wait_exit` has returned how it ended.
  bool end_was_seen() const noexcept { return exit_code_.has_value(); }

  /// What it has written so far.
  std::string standard_output() const;
  std::string standard_error() const;

 private:
  const TemporaryDirectory output_, temporary_;
  pid_t pid_;
  std::optional<int> exit_code_;
};

/// What a program that ended has left.
struct Finished {
  std::optional<int> exit_code;  ///< nullopt: it did not end in time
  std::string output, error;
};

/// Runs `command` until it ends, for 20 stretched seconds at most.
Finished run_to_end(std::vector<std::string> command, const ChildProcess::Environment& environment = {});

std::string read_whole(const std::filesystem::path& file);

}  // namespace dbpool
