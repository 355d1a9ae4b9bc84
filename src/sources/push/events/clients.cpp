#include "sources/push/events/clients.hpp"

#include <algorithm>
#include <string>

namespace dbpool {

EventClient* EventClients::find(std::string_view name) {
  const auto client = clients_.find(name);
  return client == clients_.end() ? nullptr : &client->second;
}

EventClient& EventClients::add(std::string_view name, TimePoint now) {
  const auto added = clients_.try_emplace(std::string(name)).first;
  added->second = {added->first, now};
  return added->second;
}

void EventClients::erase(const EventClient& client) {
  clients_.erase(clients_.find(client.name));
}

std::vector<const EventClient*> EventClients::silent_since(TimePoint last) const {
  std::vector<const EventClient*> silent;
  for (const auto& [name, client] : clients_) {
    if (client.heard <= last) silent.push_back(&client);
  }
  return silent;
}

std::optional<TimePoint> EventClients::longest_silent_since() const {
  std::optional<TimePoint> longest;
  for (const auto& [name, client] : clients_)
    longest = longest ? std::min(*longest, client.heard) : client.heard;
  return longest;
}

bool EventClients::arrive(EventClient& client, std::uint64_t number) {
  if (!lost_) lost_ = 0;
  if (!client.sequence) {
    client.sequence.emplace(number);
    return true;
  }
  const std::uint64_t before = client.sequence->lost();
  const bool is_new = client.sequence->arrive(number);
  *lost_ += client.sequence->lost() - before;  // modulo 2^64, so that it may be less, too
  return is_new;
}

}  // namespace dbpool
