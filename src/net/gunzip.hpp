#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "dbpool/model/error.hpp"

struct z_stream_s;

namespace dbpool {

/// What is wrong with a body that should be gzip.
enum class GzipFault {
  not_gzip,   ///< its first byte is not that of a gzip stream
  damaged,    ///< its header, data, checksum or length is wrong
  cut,        ///< it ends before the end of the stream
  followed,   ///< there are bytes behind the end that are no further member
  too_large,  ///< it inflates beyond the bound
};

/// A body that is not one whole gzip stream within its bound. The text is what the body does, such as "is not
/// gzip"; the caller puts "its answer" or another subject before it.
class GzipError : public Error {
 public:
  GzipError(GzipFault fault, const std::string& text) : Error(text), fault_(fault) {}
  GzipFault fault() const noexcept { return fault_; }

 private:
  GzipFault fault_;
};

/// Inflates a body that is compressed by gzip (RFC 1952) and arrives in pieces of any size. Several members
/// one after another are one body. Memory: 16 KiB and zlib's window of 32 KiB, whatever the body. After an
/// exception it is of no further use.
class Gunzip {
 public:
  static constexpr std::size_t piece_bytes = std::size_t{16} << 10U;  ///< of the longest inflated piece

  /// `max_bytes`: of the inflated body; more is an error.
  explicit Gunzip(std::size_t max_bytes);

  /// Inflates some of `packed` and removes from its front what it has read. Returns at most `piece_bytes`,
  /// which are valid until the next call. "" = `packed` is used up, and all of it has been returned; so call
  /// until then. throws GzipError.
  std::string_view next(std::string_view& packed);

  /// Ends the body. REQUIRES: `next` returned "". throws GzipError (cut) if the stream has not ended.
  void finish() const;

 private:
  struct End {
    void operator()(z_stream_s* stream) const noexcept;
  };

  void begin_member(char first);
  std::string_view inflate_some(std::string_view& packed);

  const std::size_t max_bytes_;
  std::size_t inflated_ = 0;
  bool is_first_ = true;    ///< whether no member has begun
  bool is_between_ = true;  ///< whether the next byte begins a member
  std::unique_ptr<z_stream_s, End> stream_;
  std::array<char, piece_bytes> piece_{};
};

}  // namespace dbpool
