#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "web/body_rules.hpp"

namespace dbpool {

/// How the reading of a request's body ended.
enum class BodyEnd {
  complete,
  too_large,   ///< more bytes than the limit, as sent or inflated
  incomplete,  ///< malformed chunks, too few bytes, or too slow for a server with threads
  too_slow,    ///< not all of it came in time
  not_gzip,    ///< announced as gzip, but not one whole stream
  no_room,     ///< other bodies hold the memory
};

/// What was read of a request's body.
struct Body {
  std::string text;  ///< all of it if `end` is complete
  BodyEnd end = BodyEnd::complete;
  RoomShare share = RoomShare();  ///< the memory that `text` counts for
};

/// Collects a body that arrives in parts.
class BodyBuffer {
 public:
  /// `length`: of the body, if it is known. Refers to `rules`.
  explicit BodyBuffer(const BodyRules& rules, std::optional<std::size_t> length = std::nullopt);

  /// Returns whether `bytes` more are within the limit. If not, the body ends as too large.
  bool fits(std::size_t bytes) noexcept;
  /// Adds a part. Returns false if the body has ended before, or ends because it is too large or has no room.
  bool append(std::string_view part);
  std::size_t size() const noexcept { return body_.text.size(); }
  /// Returns the body. `end` is how it ended, unless it was too large or had no room.
  Body take(BodyEnd end);

 private:
  bool make_room(std::size_t bytes);

  const BodyRules& rules_;
  const std::size_t most_;  ///< bytes of the body
  Body body_;
};

/// Reads the body of a request that announces one, by the rules of its route. Blocks for a bounded time.
using ReadBody = std::function<Body(const BodyRules& rules)>;

/// The reader of a request without a body.
inline Body no_body(const BodyRules& /*rules*/) {
  return {};
}

/// Reads up to `size` bytes into `into`. Returns how many; 0 at the end or after a timeout, negative for an
/// error.
using ReadBytes = std::function<int(char* into, std::size_t size)>;

/// Reads a body with `read` within 2 s, although `read` itself may block for longer. `length`: as announced,
/// at most the limit; nullopt for a body in chunks. throws std::system_error if the system has no timer left.
Body read_body(std::optional<std::size_t> length, const BodyRules& rules, const ReadBytes& read);

/// Inflates a body that is gzip, within the limit and the room of `rules`. One that did not end complete is
/// returned as it is.
Body inflated(Body packed, const BodyRules& rules);

}  // namespace dbpool
