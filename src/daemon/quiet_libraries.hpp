#pragma once

namespace dbpool {

/// Keeps the libraries of this process from writing to standard error, which is for our log alone. Changes
/// the environment. REQUIRES: no other thread runs yet.
void quiet_libraries();

}  // namespace dbpool
