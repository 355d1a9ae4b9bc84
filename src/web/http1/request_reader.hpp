#pragma once

#include <functional>
#include <optional>
#include <string>
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
  /// The head has been read, and to admit it takes long: `admit_now` is to be called, by a thread that may.
  struct Unadmitted {};
  /// The refusal of a request, what is to be answered, or a pause.
  using Outcome = std::variant<Response, Read, Unadmitted>;
  /// Returns whether it takes long to admit a request.
  using IsSlow = std::function<bool(const Request&)>;

  /// `is_slow`: null = no request is.
  explicit RequestReader(Admit admit, IsSlow is_slow = nullptr)
      : admit_(std::move(admit)), is_slow_(std::move(is_slow)) {}

  /// Takes the next bytes; those behind the request are dropped. nullopt = the request goes on. After an
  /// outcome the reader is of no further use.
  std::optional<Outcome> feed(std::string_view bytes);
  /// Goes on after `Unadmitted`, with the bytes that came behind the head; else as `feed`.
  std::optional<Outcome> admit_now();
  /// Ends the request. `how`: incomplete, because the client sends no more, or too slow. nullopt = it has
  /// sent nothing.
  std::optional<Outcome> end(BodyEnd how = BodyEnd::incomplete);

  /// Returns whether the head has been read.
  bool has_head() const noexcept { return admitted_.has_value(); }
  /// Returns whether the client waits to be asked for the body (`Expect: 100-continue`).
  bool waits_to_be_asked() const;
  /// Returns whether the answer has no body.
  bool is_for_head_only() const noexcept { return is_for_head_only_; }

 private:
  std::optional<Outcome> feed_head(std::string_view& bytes);
  std::optional<Outcome> admit(Request request);
  std::optional<Outcome> feed_body(std::string_view bytes);
  Outcome finished(BodyEnd end);

  const Admit admit_;
  const IsSlow is_slow_;
  HeadParser head_;
  bool is_for_head_only_ = false;
  std::optional<Request> unadmitted_;
  std::string behind_head_;  ///< what came with the head that is not admitted yet
  std::optional<Admitted> admitted_;
  std::optional<std::size_t> length_;  ///< of the body; nullopt = in chunks
  std::optional<BodyBuffer> body_;
  ChunkReader chunks_;
};

}  // namespace dbpool
