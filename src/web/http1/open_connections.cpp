#include "web/http1/open_connections.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <utility>

namespace dbpool {
namespace {

/// Returns whether the client has sent bytes that were not read yet.
bool has_unread_bytes(int socket) {
  char byte = 0;
  return ::recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

}  // namespace

OpenConnections::Place::~Place() {
  if (!all_) return;
  const auto state = all_->state_.access();
  if (entry_->evicted) --state->evicted;
  state->entries.erase(entry_);
}

bool OpenConnections::Place::is_evicted() const {
  const auto state = all_->state_.access();
  return entry_->evicted;
}

void OpenConnections::Place::set_waiting(bool waits) {
  const auto state = all_->state_.access();
  entry_->waits = waits;
}

std::optional<OpenConnections::Place> OpenConnections::add(int socket) {
  const auto state = state_.access();
  if (state->is_shut_down) return std::nullopt;
  if (state->entries.size() - state->evicted >= most_ && !evict(*state)) return std::nullopt;
  state->entries.push_back({socket});
  return Place(shared_from_this(), std::prev(state->entries.end()));
}

bool OpenConnections::evict() {
  return evict(*state_.access());
}

bool OpenConnections::evict(State& state) {
  const auto may_leave = [](const Entry& entry) { return entry.waits && !entry.evicted; };
  auto oldest = std::ranges::find_if(
      state.entries, [&](const Entry& entry) { return may_leave(entry) && !has_unread_bytes(entry.socket); });
  if (oldest == state.entries.end()) oldest = std::ranges::find_if(state.entries, may_leave);
  if (oldest == state.entries.end()) return false;
  ::shutdown(oldest->socket, SHUT_RDWR);
  oldest->evicted = true;
  ++state.evicted;
  return true;
}

void OpenConnections::shut_down() {
  const auto state = state_.access();
  state->is_shut_down = true;
  for (const Entry& entry : state->entries) ::shutdown(entry.socket, SHUT_RDWR);
}

std::size_t connections_allowed(std::size_t descriptors) noexcept {
  constexpr std::size_t most = 128, least = 4, descriptors_a_connection = 8;
  return std::clamp(descriptors / descriptors_a_connection, least, most);
}

}  // namespace dbpool
