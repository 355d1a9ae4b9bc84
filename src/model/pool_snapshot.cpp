#include "dbpool/model/pool_snapshot.hpp"

namespace dbpool {

PoolSnapshot::Count PoolSnapshot::total() const {
  Count sum;
  for (const Count& part : {idle, active, checking, unknown}) {
    if (part) sum = sum.value_or(0) + *part;
  }
  return sum;
}

}  // namespace dbpool
