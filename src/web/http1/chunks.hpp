#pragma once

#include <cstddef>
#include <string_view>

#include "web/body.hpp"

namespace dbpool {

/// Reads a body in chunks (RFC 9112, section 7.1) as it arrives, up to the end of its trailers. Skips
/// extensions and trailers, up to 4 KiB of each. Does no input.
class ChunkReader {
 public:
  enum class State {
    more,
    complete,
    malformed,
    refused,  ///< by the body: it is too large, or there is no room
  };

  /// Takes bytes from the front of `bytes`, at most up to the end of the body; adds the data to `body`. After
  /// another state than `more` the reader is of no further use.
  State feed(std::string_view& bytes, BodyBuffer& body);

 private:
  enum class Phase {
    size,       ///< in the digits of a chunk's size
    blanks,     ///< behind them
    extension,  ///< behind a semicolon
    size_end,   ///< at the LF of that line
    data,
    data_end,       ///< at the CR behind the data
    data_line_end,  ///< at its LF
    line,           ///< at the beginning of a trailer, or of the last line
    trailer,
    trailer_end,  ///< at the LF of a trailer
    end,          ///< at the LF of the last line
    complete,
    malformed,
  };

  Phase after(char c);
  Phase after_size(char c);
  Phase skipped_to(Phase same, Phase at_end, char c);

  Phase phase_ = Phase::size;
  int digits_ = 0;           ///< of the size
  std::size_t left_ = 0;     ///< the size, then the bytes of data that are missing
  std::size_t skipped_ = 0;  ///< bytes of this extension, or of all trailers
};

}  // namespace dbpool
