#include "exposition/json_journal.hpp"

#include <doctest/doctest.h>

using namespace dbpool;

TEST_CASE("what happened is listed in order, and what an entry does not concern is null") {
  const JournalEntry lost{{}, {}, "source_lost", "pgb", "", "source cannot be read: refused"};
  const JournalEntry reload{{}, {}, "reloaded", "", "", "configuration reloaded: pools 2"};
  CHECK(journal_json({lost, reload}) == Json::parse(R"({
    "status": "success",
    "events": [
      {"timestamp": "1970-01-01T00:00:00.000Z", "kind": "source_lost", "source": "pgb", "pool": null,
       "message": "source cannot be read: refused"},
      {"timestamp": "1970-01-01T00:00:00.000Z", "kind": "reloaded", "source": null, "pool": null,
       "message": "configuration reloaded: pools 2"}
    ]
  })"));
  CHECK(journal_json({}) == Json{{"status", "success"}, {"events", Json::array()}});
}
