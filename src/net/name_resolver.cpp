#include "net/name_resolver.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <utility>

#include "dbpool/model/error.hpp"

namespace dbpool {
namespace {

Addresses ask_system(const std::string& host, int flags) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  addrinfo* list = nullptr;
  if (const int error = ::getaddrinfo(host.c_str(), nullptr, &hints, &list); error != 0) {
    return {{}, ::gai_strerror(error)};
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(list, ::freeaddrinfo);
  Addresses found;
  for (const addrinfo* item = list; item != nullptr; item = item->ai_next) {
    char text[NI_MAXHOST];
    const int error =
        ::getnameinfo(item->ai_addr, item->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST);
    if (error == 0 && std::find(found.numeric.begin(), found.numeric.end(), text) == found.numeric.end()) {
      found.numeric.emplace_back(text);
    }
  }
  if (found.numeric.empty()) found.problem = "the name has no address";
  return found;
}

Descriptor checked(int fd) {
  if (fd < 0) throw DriverError(ErrorKind::other, "cannot look up a host name: no file descriptor left");
  return Descriptor(fd);
}

}  // namespace

Addresses system_addresses(const std::string& host) {
  return ask_system(host, 0);
}

std::optional<std::string> numeric_address(const std::string& host) {
  const Addresses found = ask_system(host, AI_NUMERICHOST);
  if (found.numeric.empty()) return std::nullopt;
  return found.numeric.front();
}

struct NameLookup::Shared {
  Guarded<std::optional<Addresses>> result;
  Descriptor done{checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))};

  void finish(Addresses addresses) {
    *result.access() = std::move(addresses);
    ::eventfd_write(done.get(), 1);
  }
};

NameLookup::NameLookup(std::shared_ptr<Shared> shared)
    : shared_(std::move(shared)), ready_(checked(::fcntl(shared_->done.get(), F_DUPFD_CLOEXEC, 0))) {}

std::optional<Addresses> NameLookup::result() const {
  return *shared_->result.access();
}

NameResolver::NameResolver(Resolve resolve) : NameResolver(std::move(resolve), lookup_threads()) {}

NameResolver::NameResolver(Resolve resolve, std::shared_ptr<ExpendableThreads> lookups)
    : resolve_(std::move(resolve)), lookups_(std::move(lookups)) {}

std::shared_ptr<ExpendableThreads> NameResolver::lookup_threads() {
  return std::make_shared<ExpendableThreads>(threads, max_queued);
}

NameLookup NameResolver::look_up(const std::string& host) {
  auto under_way = under_way_.access();
  std::erase_if(*under_way, [](const auto& entry) { return entry.second.expired(); });
  auto& known = (*under_way)[host];
  auto shared = known.lock();
  if (!shared || shared->result.access()->has_value()) {
    shared = begin(host);
    known = shared;
  }
  return NameLookup(std::move(shared));
}

std::shared_ptr<NameLookup::Shared> NameResolver::begin(const std::string& host) {
  auto shared = std::make_shared<NameLookup::Shared>();
  const bool queued = lookups_->run([resolve = resolve_, host, waited_for = std::weak_ptr(shared)] {
    if (const auto lookup = waited_for.lock()) lookup->finish(resolve(host));
  });
  if (!queued) {
    throw DriverError(ErrorKind::other, "cannot look up host \"" + host + "\": no thread is free for it");
  }
  return shared;
}

}  // namespace dbpool
