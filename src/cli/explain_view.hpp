#pragma once

#include <string>

#include "cli/document.hpp"
#include "cli/terminal_text.hpp"

namespace dbpool {

/// Returns the diagnosis of one pool in words: the verdict, the sentence, the evidence, the demand, the sites
/// of leaks, the next step and the runbook, as far as each is known. `diagnosis`: an object as of
/// /connections/pools/diagnosis/{pool}. `status`: of the pool's health. Pure.
std::string explain_view(const Document& diagnosis, const std::string& status, Colours colours);

}  // namespace dbpool
