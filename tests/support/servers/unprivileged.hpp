#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace dbpool {

/// Returns a new temporary directory whose name begins with `prefix`. As root it belongs to the user
/// postgres, for servers that refuse to run as root. throws std::runtime_error.
std::filesystem::path new_server_directory(const std::string& prefix);

/// Starts a program; as root, under the user postgres. It writes its output to `log_file` and receives
/// SIGQUIT when the thread that started it ends. Returns its process id. throws std::runtime_error.
pid_t spawn_server(std::vector<std::string> command, const std::filesystem::path& log_file);

/// Polls every few milliseconds until `condition` holds; returns whether it did within `bound`.
bool wait_until(const std::function<bool()>& condition, std::chrono::milliseconds bound);

/// Returns whether a loopback port accepts connections.
bool listens(std::uint16_t port);

/// Returns the last 2000 characters of a log.
std::string tail_of(const std::filesystem::path& log_file);

}  // namespace dbpool
