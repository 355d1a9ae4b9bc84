#include "config/read_users.hpp"

#include "web/bcrypt.hpp"

namespace dbpool {

void read_users(const Value& value, std::map<std::string, std::string>& users, Problems& problems) {
  if (value.kind == Value::Kind::broken) return;
  if (value.kind != Value::Kind::mapping || value.members.empty())
    return problems.add(value, "no users; allowed: a mapping of names to bcrypt hashes");
  for (const auto& [name, line, hash] : value.members) {
    if (hash.kind == Value::Kind::broken) continue;
    if (hash.kind != Value::Kind::text || !is_bcrypt(hash.text)) {
      problems.add(line, value.path,
                   "a user without a bcrypt hash; allowed: hashes as of htpasswd -B, with a cost of 4 to 15");
    } else if (name.empty() || name.find(':') != std::string::npos) {
      problems.add(line, value.path, "a user's name that is empty or has a colon; allowed: one without");
    } else if (!users.emplace(name, hash.text).second) {
      problems.add(line, value.path, "a user that is there already; allowed: each once");
    }
  }
}

}  // namespace dbpool
