#pragma once

#include <array>

#include "support/servers/chaos_proxy.hpp"

namespace dbpool {

/// A network fault, with a name that is valid as part of a pool's name.
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
