#pragma once

#include <array>

#include "support/chaos_proxy.hpp"

namespace dbpool {

/// What a network does to a server, with a name that fits into one of a pool.
struct NetworkFault {
  const char* name;
  Chaos chaos;
};

constexpr std::array network_faults{
    NetworkFault{"refused", Chaos::refuse},  NetworkFault{"blackholed", Chaos::black_hole},
    NetworkFault{"silent", Chaos::silent},   NetworkFault{"reset", Chaos::reset},
    NetworkFault{"garbage", Chaos::garbage}, NetworkFault{"dripping", Chaos::drip},
    NetworkFault{"cut", Chaos::cut},
};

}  // namespace dbpool
