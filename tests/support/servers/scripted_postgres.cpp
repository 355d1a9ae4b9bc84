#include "support/servers/scripted_postgres.hpp"

#include <cstdint>
#include <utility>

namespace dbpool {
namespace {

std::string big_endian(std::uint32_t value, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) text += static_cast<char>(value >> shift & 0xFFU);
  return text;
}

std::string message(char type, const std::string& body) {
  return type + big_endian(static_cast<std::uint32_t>(body.size() + 4), 4) + body;
}

std::string report(char type, const std::string& severity, const std::string& text) {
  const std::string end(1, '\0');
  return message(type, "S" + severity + end + "V" + severity + end + "C08P01" + end + "M" + text + end + end);
}

std::uint32_t number(const std::string& bytes) {
  std::uint32_t value = 0;
  for (const unsigned char byte : bytes) value = value << 8U | byte;
  return value;
}

std::string ready() {
  return message('Z', "I");
}

}  // namespace

namespace wire {

std::string columns(const std::vector<std::string>& names) {
  std::string body = big_endian(static_cast<std::uint32_t>(names.size()), 2);
  for (const std::string& name : names) {
    body += name + '\0' + big_endian(0, 4) + big_endian(0, 2) + big_endian(25, 4) + big_endian(0xFFFF, 2) +
            big_endian(0xFFFFFFFF, 4) + big_endian(0, 2);
  }
  return message('T', body);
}

std::string row(const Fields& fields) {
  std::string body = big_endian(static_cast<std::uint32_t>(fields.size()), 2);
  for (const auto& field : fields) {
    const auto size = field ? static_cast<std::uint32_t>(field->size()) : 0xFFFFFFFF;
    body += big_endian(size, 4) + field.value_or("");
  }
  return message('D', body);
}

std::string notice(const std::string& text) {
  return report('N', "NOTICE", text);
}

std::string done() {
  return message('C', std::string("SHOW") + '\0') + ready();
}

std::string refusal(const std::string& text) {
  return report('E', "ERROR", text) + ready();
}

}  // namespace wire

ScriptedPostgres::ScriptedPostgres(Script script)
    : script_(std::move(script)), server_([this](ListeningServer::Client& client) { talk(client); }) {}

void ScriptedPostgres::talk(ListeningServer::Client& client) const {
  const auto startup = client.receive(4);
  if (!startup || !client.receive(number(*startup) - 4)) return;
  client.send(message('R', big_endian(0, 4)) + ready());
  for (;;) {
    const auto head = client.receive(5);
    if (!head || head->front() != 'Q') return;
    const auto body = client.receive(number(head->substr(1)) - 4);
    if (!body) return;
    const auto found = script_.find(body->c_str());
    if (!client.send(found == script_.end() ? wire::refusal("invalid command") : found->second)) return;
  }
}

}  // namespace dbpool
