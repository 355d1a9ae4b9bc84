#pragma once

#include <string>

#include "health/diagnosis.hpp"

namespace dbpool {

/// Returns what is wrong with a pool, or that nothing is, with the figures that show it, as they were
/// diagnosed. The status page, the API, `explain` and assistants use the same words. Pure.
std::string diagnosis_words(const Diagnosis& diagnosis);

}  // namespace dbpool
