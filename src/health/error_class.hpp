#pragma once

#include <optional>
#include <string_view>

#include "dbpool/model/error.hpp"

namespace dbpool {

// What the text of an error shows beyond its kind. SQLSTATEs are the same in every language; a server's words
// are recognized in English, a pooler's have no other language.

/// Returns whether a server or a pooler refused the connection because a limit on connections is used up:
/// SQLSTATE 53300, 53400, or the words for it.
bool is_limit_error(std::string_view text);

/// Returns whether a pooler refused its client because it cannot log in to the database.
bool is_failed_login(std::string_view text);

/// The class of a failed contact, which decides where to look first.
enum class ContactTrouble { refused, authentication, name, timeout, starting, other };

/// Classifies the error of a contact. `kind`: nullopt = not known.
ContactTrouble contact_trouble(std::optional<ErrorKind> kind, std::string_view text);

}  // namespace dbpool
