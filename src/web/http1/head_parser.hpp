#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "web/message.hpp"

namespace dbpool {

/// Reads the head of a request in HTTP/1.0 or 1.1 as it arrives (RFC 9112), up to its empty line. Strict:
/// lines end with CRLF, no control character, no folded header, a target that is a path. Does no input.
class HeadParser {
 public:
  static constexpr std::size_t max_bytes = 8192;  ///< of a head, with its empty line

  /// Takes bytes from the front of `bytes`, at most up to the end of the head. Returns the request, or its
  /// refusal: 400, 431 or 505. nullopt = the head goes on. After a result the parser is of no further use.
  std::optional<std::variant<Request, Response>> feed(std::string_view& bytes);

  /// Returns whether a byte of the head has arrived.
  bool has_begun() const noexcept { return !text_.empty(); }

 private:
  bool add(char c);

  std::string text_;
};

}  // namespace dbpool
