#include "sources/push/sender_id.hpp"

#include <string_view>

namespace dbpool {
namespace {

std::string value_of(std::span<const SampleLabel> resource, std::string_view name) {
  return std::string(find_label(resource, name).value_or(""));
}

}  // namespace

void append_to_key(std::string& key, std::string_view text) {
  key.append(std::to_string(text.size())).append(":").append(text);
}

SenderId sender_id(std::span<const SampleLabel> resource) {
  SenderId id;
  id.name = value_of(resource, "service.name");
  id.instance = value_of(resource, "service.instance.id");
  append_to_key(id.service, value_of(resource, "service.namespace"));
  append_to_key(id.service, id.name);

  id.key = id.service;
  append_to_key(id.key, id.instance);
  for (const SampleLabel& label : resource) {
    if (!id.instance.empty() || label.name.starts_with("telemetry.")) continue;
    append_to_key(id.key, label.name);
    append_to_key(id.key, label.value);
  }

  const std::string host = value_of(resource, "host.name"), pid = value_of(resource, "process.pid");
  if (host.empty() || pid.empty()) return id;
  append_to_key(id.process, host);
  append_to_key(id.process, pid);
  return id;
}

}  // namespace dbpool
