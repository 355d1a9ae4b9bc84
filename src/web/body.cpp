#include "web/body.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "net/gunzip.hpp"
#include "web/io_deadline.hpp"

namespace dbpool {
namespace {

/// As long as a client has for its head.
constexpr std::chrono::seconds body_patience{2};

}  // namespace

BodyBuffer::BodyBuffer(const BodyRules& rules, std::optional<std::size_t> length)
    : rules_(rules), most_(std::min(rules.limit, length.value_or(rules.limit))) {
  body_.share = RoomShare(rules.room);
}

bool BodyBuffer::fits(std::size_t bytes) noexcept {
  if (bytes > most_ - size()) body_.end = BodyEnd::too_large;
  return body_.end == BodyEnd::complete;
}

bool BodyBuffer::append(std::string_view part) {
  if (!fits(part.size()) || !make_room(size() + part.size())) return false;
  body_.text += part;
  return true;
}

/// Makes the text large enough for `bytes`, at most twice as large as before.
bool BodyBuffer::make_room(std::size_t bytes) {
  if (bytes <= body_.text.capacity()) return true;
  const std::size_t wanted = std::max(bytes, std::min(most_, 2 * body_.text.capacity()));
  if (!body_.share.grow_to(wanted)) {
    body_.end = BodyEnd::no_room;
    return false;
  }
  std::string larger;
  larger.reserve(wanted);
  larger += body_.text;
  body_.text = std::move(larger);
  return true;
}

Body BodyBuffer::take(BodyEnd end) {
  if (body_.end == BodyEnd::complete) body_.end = end;
  return std::move(body_);
}

Body read_body(std::optional<std::size_t> length, const BodyRules& rules, const ReadBytes& read) {
  const std::size_t most = length.value_or(rules.limit + 1);
  BodyBuffer body(rules, length);
  std::array<char, 16384> piece{};
  const IoDeadline deadline(body_patience);
  int got = 1;
  while (got > 0 && body.size() < most && !deadline.has_passed()) {
    got = read(piece.data(), std::min(piece.size(), most - body.size()));
    if (got > 0 && !body.append({piece.data(), static_cast<std::size_t>(got)})) break;
  }
  const bool is_whole = length ? body.size() == *length : got == 0;
  return body.take(is_whole ? BodyEnd::complete : BodyEnd::incomplete);
}

Body inflated(Body packed, const BodyRules& rules) {
  if (packed.end != BodyEnd::complete) return packed;
  BodyBuffer body(rules);
  try {
    Gunzip gunzip(rules.limit);
    std::string_view rest = packed.text;
    for (auto piece = gunzip.next(rest); !piece.empty(); piece = gunzip.next(rest)) {
      if (!body.append(piece)) return body.take(BodyEnd::no_room);
    }
    gunzip.finish();
  } catch (const GzipError& error) {
    const bool is_too_large = error.fault() == GzipFault::too_large;
    return {{}, is_too_large ? BodyEnd::too_large : BodyEnd::not_gzip};
  }
  return body.take(BodyEnd::complete);
}

}  // namespace dbpool
