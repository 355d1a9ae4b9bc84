#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace dbpool {

/// A new temporary directory whose name begins with `prefix`, for a server that refuses to run as root: as
/// root it belongs to the user postgres. throws std::runtime_error.
std::filesystem::path new_server_directory(const std::string& prefix);

/// Starts a program, as root under the user postgres. It writes its output to `log_file`, and is told to end
/// at once (SIGQUIT) when the thread that started it ends. Returns its process. throws std::runtime_error.
pid_t spawn_server(std::vector<std::string> command, const std::filesystem::path& log_file);

/// Looks every few milliseconds until `condition` holds; returns whether it did within `bound`.
bool wait_until(const std::function<bool()>& condition, std::chrono::milliseconds bound);

/// Whether something listens on a loopback port.
bool listens(std::uint16_t port);

/// The last 2000 characters of a log.
std::string tail_of(const std::filesystem::path& log_file);

}  // namespace dbpool
