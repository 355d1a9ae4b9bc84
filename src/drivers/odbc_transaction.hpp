#pragma once

#include <string_view>

namespace dbpool {

/// Whether a session is inside a transaction after `sql` if it was so `before`, as far as the first words of
/// its statements tell: ODBC itself knows only of transactions that its own calls began. Where databases
/// would read `sql` differently, no statement is believed to end a transaction.
bool in_transaction_after(std::string_view sql, bool before);

}  // namespace dbpool
