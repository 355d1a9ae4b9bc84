#include "web/body.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "web/io_deadline.hpp"

namespace dbpool {
namespace {

/// As long as a client has for its head.
constexpr std::chrono::seconds body_patience{2};

}  // namespace

Body read_body(std::optional<std::size_t> length, std::size_t limit, const ReadBytes& read) {
  const std::size_t most = length.value_or(limit + 1);
  Body body;
  std::array<char, 16384> piece{};
  const IoDeadline deadline(body_patience);
  int got = 1;
  while (got > 0 && body.text.size() < most && !deadline.has_passed()) {
    got = read(piece.data(), std::min(piece.size(), most - body.text.size()));
    if (got > 0) body.text.append(piece.data(), static_cast<std::size_t>(got));
  }
  if (body.text.size() > limit) {
    body.end = BodyEnd::too_large;
  } else if (length ? body.text.size() < *length : got != 0) {
    body.end = BodyEnd::incomplete;
  }
  return body;
}

}  // namespace dbpool
