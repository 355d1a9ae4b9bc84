#include "exposition/json_journal.hpp"

namespace dbpool {

Json journal_json(const std::vector<JournalEntry>& entries) {
  Json list = Json::array();
  for (const JournalEntry& entry : entries) {
    list.push_back({{"timestamp", rfc3339(entry.time)},
                    {"kind", entry.kind},
                    {"source", json_of(entry.source)},
                    {"pool", json_of(entry.pool)},
                    {"message", entry.message}});
  }
  return {{"status", "success"}, {"events", std::move(list)}};
}

}  // namespace dbpool
