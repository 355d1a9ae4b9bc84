#pragma once

namespace dbpool {

/// Sees to it that no library that this process uses writes to standard error by itself, which holds our log
/// alone. Changes the environment, so it is called before there are threads.
void quiet_libraries();

}  // namespace dbpool
