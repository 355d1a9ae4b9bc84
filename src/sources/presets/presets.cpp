#include "sources/mapping/preset.hpp"

namespace dbpool {

std::span<const Preset> presets() {
  return {};
}

}  // namespace dbpool
