#include "dbpool/model/pool_snapshot.hpp"

#include "model/bounded_sum.hpp"

namespace dbpool {

PoolSnapshot::Count PoolSnapshot::total() const {
  Count sum;
  for (const Count& part : {idle, active, checking, unknown}) sum = plus(sum, part);
  return sum;
}

}  // namespace dbpool
