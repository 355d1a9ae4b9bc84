#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace dbpool {

/// How the reading of a request's body ended.
enum class BodyEnd {
  complete,
  too_large,   ///< more bytes than the limit
  incomplete,  ///< malformed chunks, too few bytes, or too slow
};

/// What was read of a request's body.
struct Body {
  std::string text;  ///< all of it if `end` is complete
  BodyEnd end = BodyEnd::complete;
};

/// Reads the body of a request that announces one, at most `limit` bytes of it. Blocks for a bounded time.
using ReadBody = std::function<Body(std::size_t limit)>;

/// The reader of a request without a body.
inline Body no_body(std::size_t /*limit*/) {
  return {};
}

/// Reads up to `size` bytes into `into`. Returns how many; 0 at the end or after a timeout, negative for an
/// error.
using ReadBytes = std::function<int(char* into, std::size_t size)>;

/// Reads a body with `read` within 2 s, although `read` itself may block for longer. `length`: as announced,
/// at most `limit`; nullopt for a body in chunks. throws std::system_error if the system has no timer left.
Body read_body(std::optional<std::size_t> length, std::size_t limit, const ReadBytes& read);

}  // namespace dbpool
