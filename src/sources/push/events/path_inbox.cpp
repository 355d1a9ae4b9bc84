#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "sources/push/events/inbox.hpp"
#include "sources/push/events/inbox_socket.hpp"

namespace dbpool {
namespace {

/// Which file a path is.
struct FileIdentity {
  dev_t device = 0;
  ino_t number = 0;
  bool is_socket = false;

  bool operator==(const FileIdentity&) const = default;
};

std::optional<FileIdentity> file_at(const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return std::nullopt;
  return FileIdentity{found.st_dev, found.st_ino, S_ISSOCK(found.st_mode)};
}

sockaddr_un path_address(const std::string& path) {
  sockaddr_un address{};
  constexpr std::size_t longest = sizeof address.sun_path - 1;
  if (path.empty() || path.size() > longest) {
    refuse_inbox(path, "the path has " + std::to_string(path.size()) + " bytes; allowed: 1 to " +
                           std::to_string(longest));
  }
  address.sun_family = AF_UNIX;
  std::ranges::copy(path, static_cast<char*>(address.sun_path));
  return address;
}

const sockaddr* general(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

/// Removes a socket that no process has open.
void remove_stale(const std::string& path, const sockaddr_un& address) {
  const auto file = file_at(path);
  if (file && !file->is_socket) refuse_inbox(path, "the path is not a socket; it stays as it is");
  const Descriptor probe = datagram_socket(AF_UNIX, path);
  if (::connect(probe.get(), general(address), sizeof address) == 0 || errno == EPROTOTYPE)
    refuse_inbox(path, "another process receives there");
  if (errno != ECONNREFUSED && errno != ENOENT) refuse_inbox(path);
  if (errno == ECONNREFUSED && ::unlink(path.c_str()) != 0 && errno != ENOENT) refuse_inbox(path);
}

void bind_to(const Descriptor& socket, const PathOptions& options) {
  const sockaddr_un address = path_address(options.path);
  // The socket file gets the mode of the descriptor less the umask, so that it is never open to more.
  if (::fchmod(socket.get(), options.mode) != 0) refuse_inbox(options.path);
  if (::bind(socket.get(), general(address), sizeof address) == 0) return;
  if (errno == ENOENT) {
    const std::string directory = std::filesystem::path(options.path).parent_path();
    refuse_inbox(options.path, "the directory " + directory + " does not exist");
  }
  if (errno != EADDRINUSE) refuse_inbox(options.path);
  remove_stale(options.path, address);
  if (::bind(socket.get(), general(address), sizeof address) != 0) refuse_inbox(options.path);
}

gid_t group_called(const std::string& name, const std::string& path) {
  constexpr std::size_t size = std::size_t{64} << 10U;
  std::vector<char> texts(size);
  group entry{};
  group* found = nullptr;
  if (::getgrnam_r(name.c_str(), &entry, texts.data(), texts.size(), &found) != 0 || found == nullptr)
    refuse_inbox(path, "the group " + name + " is not known");
  return found->gr_gid;
}

class PathInbox final : public Inbox {
 public:
  explicit PathInbox(const PathOptions& options)
      : path_(options.path), socket_(datagram_socket(AF_UNIX, path_)) {
    bind_to(socket_, options);
    file_ = file_at(path_);
    try {
      permit(options);
    } catch (...) {
      PathInbox::remove();
      throw;
    }
  }
  ~PathInbox() override { PathInbox::remove(); }

  int descriptor() const noexcept override { return socket_.get(); }
  const std::string& address() const noexcept override { return path_; }
  bool is_in_place() const override { return file_ && file_at(path_) == file_; }
  void remove() noexcept override {
    if (is_in_place()) ::unlink(path_.c_str());
    file_.reset();
  }

 private:
  void permit(const PathOptions& options) const {
    constexpr auto same_owner = static_cast<uid_t>(-1);
    if (!options.group.empty() &&
        ::lchown(path_.c_str(), same_owner, group_called(options.group, path_)) != 0)
      refuse_inbox(path_);
    if (::chmod(path_.c_str(), options.mode) != 0) refuse_inbox(path_);
  }

  const std::string path_;
  const Descriptor socket_;
  std::optional<FileIdentity> file_;  ///< nullopt = removed
};

}  // namespace

std::unique_ptr<Inbox> open_path_inbox(const PathOptions& options) {
  return std::make_unique<PathInbox>(options);
}

}  // namespace dbpool
