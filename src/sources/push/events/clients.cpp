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

std::vector<EventClients::Loss> EventClients::take_losses(TimePoint last) {
  std::vector<Loss> losses;
  for (auto& [name, client] : clients_) {
    if (!client.first_loss || *client.first_loss > last) continue;
    losses.push_back({&client, *client.first_loss});
    client.first_loss = client.last_loss > client.first_loss ? client.last_loss : std::nullopt;
  }
  return losses;
}

void EventClients::note_drops() {
  for (auto& [name, client] : clients_) client.note_loss();
}

void EventClients::pardon(Duration pause) {
  for (auto& [name, client] : clients_) client.heard += pause;
}

bool EventClients::arrive(EventClient& client, std::uint64_t number) {
  if (!lost_) lost_ = 0;
  if (!client.sequence) {
    client.sequence.emplace(number);
    return true;
  }
  const std::uint64_t before = client.sequence->lost();
  const bool is_new = client.sequence->arrive(number);
  if (client.sequence->lost() > before) client.note_loss();
  *lost_ += client.sequence->lost() - before;  // modulo 2^64, so that it may be less, too
  return is_new;
}

}  // namespace dbpool
