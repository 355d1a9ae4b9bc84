#include <prometheus/text_serializer.h>

#include "dbpool/exposition/fleet_collectable.hpp"

int main() {
  const dbpool::FleetCollectable pools({});
  return prometheus::TextSerializer().Serialize(pools.Collect()).empty() ? 0 : 1;
}
