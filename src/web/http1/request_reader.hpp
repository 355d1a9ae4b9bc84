#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <variant>

#include "web/http1/chunks.hpp"
#include "web/http1/head_parser.hpp"
#include "web/router.hpp"

namespace dbpool {

/// Reads one request out of the bytes of a client: its head, which is admitted or refused, then its body.
/// Does no input and knows no time; how the bytes are split does not matter.
class RequestReader {
 public:
  using Admit = std::function<Admission(Request)>;
  /// A request that has been read, with its body or with the reason why there is none.
  struct Read {
    Admitted admitted;
    Body body;
  };
  /// The refusal of a request, or what is to be answered.
  using Outcome = std::variant<Response, Read>;

  explicit RequestReader(Admit admit) : admit_(std::move(admit)) {}

  /// Takes the next bytes; those behind the request are dropped. nullopt = the request goes on. After an
  /// outcome the reader is of no further use.
  std::optional<Outcome> feed(std::string_view bytes);
  /// Ends the request, because the client sends no more or has no more time. nullopt = it has sent nothing.
  std::optional<Outcome> end();

  /// Returns whether the head has been read.
  bool has_head() const noexcept { return admitted_.has_value(); }
  /// Returns whether the client waits to be asked for the body (`Expect: 100-continue`).
  bool waits_to_be_asked() const;
  /// Returns whether the answer has no body.
  bool is_for_head_only() const noexcept { return is_for_head_only_; }

 private:
  std::optional<Outcome> feed_head(std::string_view& bytes);
  std::optional<Outcome> begin_body();
  std::optional<Outcome> feed_body(std::string_view bytes);
  Outcome finished(BodyEnd end);

  const Admit admit_;
  HeadParser head_;
  bool is_for_head_only_ = false;
  std::optional<Admitted> admitted_;
  std::optional<std::size_t> length_;  ///< of the body; nullopt = in chunks
  std::optional<BodyBuffer> body_;
  ChunkReader chunks_;
};

}  // namespace dbpool
