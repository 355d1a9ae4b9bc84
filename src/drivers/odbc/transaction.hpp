#pragma once

#include <string_view>

namespace dbpool {

/// Returns whether a session is inside a transaction after `sql` if it was so `before`, judged by the first
/// words of the statements: ODBC itself knows only transactions that its own calls began. If databases would
/// read `sql` differently, no statement in it counts as the end of a transaction.
bool in_transaction_after(std::string_view sql, bool before);

}  // namespace dbpool
