#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dbpool {

/// A temporary directory, removed with its content by the destructor.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory();

  const std::filesystem::path& path() const noexcept { return path_; }
  /// Creates or atomically replaces a file; returns its path.
  std::filesystem::path write(const std::string& name, const std::string& text) const;

 private:
  std::filesystem::path path_;
};

/// A running program. One thread at a time. It is killed by the destructor, and when the thread that started
/// it ends. Its environment has only PATH, the sanitizers' options, a TMPDIR of its own, and the given
/// variables.
class ChildProcess {
 public:
  using Environment = std::map<std::string, std::string>;

  /// Starts `command`, searching PATH for the program. throws std::runtime_error.
  explicit ChildProcess(std::vector<std::string> command, const Environment& environment = {});
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();

  pid_t pid() const noexcept { return pid_; }
  /// The TMPDIR of the program.
  const std::filesystem::path& temporary_directory() const noexcept { return temporary_.path(); }

  void signal(int number) const;
  /// Waits until it ends, at most a stretched `bound`. Returns its exit code, or 128 + the signal that ended
  /// it; nullopt if it still runs.
  std::optional<int> wait_exit(std::chrono::nanoseconds bound);

  /// Returns whether `wait_exit` has returned an exit code.
  bool end_was_seen() const noexcept { return exit_code_.has_value(); }

  /// Returns its output so far.
  std::string standard_output() const;
  std::string standard_error() const;

 private:
  const TemporaryDirectory output_, temporary_;
  pid_t pid_;
  std::optional<int> exit_code_;
};

/// The result of a program that ended.
struct Finished {
  std::optional<int> exit_code;  ///< nullopt: it did not end in time
  std::string output, error;
};

/// Runs `command` until it ends, at most 20 stretched seconds.
Finished run_to_end(std::vector<std::string> command, const ChildProcess::Environment& environment = {});

std::string read_whole(const std::filesystem::path& file);

}  // namespace dbpool
