#pragma once

#include <vector>

#include "exposition/json.hpp"
#include "snapshot/journal_entry.hpp"

namespace dbpool {

/// Returns the document of /connections/pools/events, in the order of `entries`. Pure.
Json journal_json(const std::vector<JournalEntry>& entries);

}  // namespace dbpool
