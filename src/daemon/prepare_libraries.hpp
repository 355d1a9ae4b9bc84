#pragma once

namespace dbpool {

/// Changes the environment, so that the libraries of this process keep its locale and write nothing to
/// standard error, which is for our log alone. REQUIRES: no other thread runs yet.
void prepare_libraries();

}  // namespace dbpool
