#include <stdexcept>

#include "dbpool/pool/pool.hpp"

int main() {
  dbpool::PoolOptions options;
  options.min_size = 2;
  options.max_size = 1;
  try {
    const dbpool::Pool pool(options, nullptr, dbpool::Runtime::start(1));
  } catch (const std::invalid_argument&) {
    return 0;
  }
  return 1;
}
