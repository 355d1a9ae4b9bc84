#include "exposition/fleet_collectable.hpp"

#include <utility>

#include "exposition/render.hpp"

namespace dbpool {

FleetCollectable::FleetCollectable(std::function<FleetSnapshot()> fleet) : fleet_(std::move(fleet)) {}

std::vector<prometheus::MetricFamily> FleetCollectable::Collect() const {
  return render(fleet_());
}

}  // namespace dbpool
