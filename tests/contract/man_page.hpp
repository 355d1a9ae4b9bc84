#pragma once

#include <string>
#include <string_view>

namespace dbpool {

/// Returns text of the documentation as a man page has it: code in bold, and no character that troff would
/// interpret.
std::string roff(std::string_view text);

/// Returns a Markdown table of options as entries of a man page. Its columns are the name of the option, a
/// variable or types, which may be left out, the default and the meaning.
std::string roff_entries(const std::string& table);

}  // namespace dbpool
