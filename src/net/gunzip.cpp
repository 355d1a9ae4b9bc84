#include "net/gunzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

namespace dbpool {
namespace {

constexpr char first_byte_of_gzip = '\x1F';

[[noreturn]] void fail(GzipFault fault, const std::string& text) {
  throw GzipError(fault, text);
}

}  // namespace

void Gunzip::End::operator()(z_stream_s* stream) const noexcept {
  inflateEnd(stream);
  delete stream;
}

Gunzip::Gunzip(std::size_t max_bytes) : max_bytes_(max_bytes) {
  constexpr int gzip_alone = 16;  // otherwise zlib would take its own format too
  auto stream = std::make_unique<z_stream>();
  if (inflateInit2(stream.get(), MAX_WBITS + gzip_alone) != Z_OK) throw std::bad_alloc();
  stream_.reset(stream.release());
}

std::string_view Gunzip::next(std::string_view& packed) {
  do {
    if (is_between_) {
      if (packed.empty()) return {};
      begin_member(packed.front());
    }
    const std::string_view piece = inflate_some(packed);
    if (!piece.empty()) return piece;
  } while (!packed.empty());
  return {};
}

void Gunzip::finish() const {
  if (is_first_ || !is_between_) fail(GzipFault::cut, "ends before its gzip stream does");
}

void Gunzip::begin_member(char first) {
  if (first != first_byte_of_gzip) {
    if (is_first_) fail(GzipFault::not_gzip, "is not gzip, although its Content-Encoding says so");
    fail(GzipFault::followed, "has further bytes behind the end of its gzip stream");
  }
  inflateReset(stream_.get());
  is_first_ = is_between_ = false;
}

std::string_view Gunzip::inflate_some(std::string_view& packed) {
  const std::size_t taken = std::min<std::size_t>(packed.size(), std::numeric_limits<uInt>::max());
  stream_->next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(packed.data()));
  stream_->avail_in = static_cast<uInt>(taken);
  stream_->next_out = reinterpret_cast<Bytef*>(piece_.data());
  stream_->avail_out = static_cast<uInt>(piece_.size());
  const int code = inflate(stream_.get(), Z_NO_FLUSH);
  packed.remove_prefix(taken - stream_->avail_in);
  const std::size_t made = piece_.size() - stream_->avail_out;
  if (code == Z_MEM_ERROR) throw std::bad_alloc();
  // Z_BUF_ERROR: there was nothing to read and nothing left to write.
  if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
    fail(GzipFault::damaged, "has a damaged gzip stream");
  if (made > max_bytes_ - inflated_)
    fail(GzipFault::too_large, "inflates to more than " + std::to_string(max_bytes_) + " bytes");
  inflated_ += made;
  is_between_ = code == Z_STREAM_END;
  return {piece_.data(), made};
}

}  // namespace dbpool
