#pragma once

#include <malloc.h>

#include <cstddef>

/// Of AddressSanitizer's allocator; absent without it.
extern "C" __attribute__((weak)) std::size_t __sanitizer_get_current_allocated_bytes();

namespace dbpool::test {

/// Returns the bytes that this process has allocated and not freed. With other threads it is only an
/// estimate.
inline std::size_t live_bytes() {
  if (__sanitizer_get_current_allocated_bytes != nullptr) return __sanitizer_get_current_allocated_bytes();
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

}  // namespace dbpool::test
