#pragma once

#include "dbpool/model/dsn.hpp"

namespace dbpool {

struct PgpoolOptions {
  DsnSource dsn;  ///< of any database behind the pooler

  bool operator==(const PgpoolOptions&) const = default;
};

}  // namespace dbpool
