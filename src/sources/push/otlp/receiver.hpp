#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "dbpool/sync/clock.hpp"
#include "sources/push/otlp/answer.hpp"
#include "sources/push/pushed_state.hpp"

namespace dbpool {

/// Takes the bodies of OTLP requests apart and adds their points to what the senders have reported. Any
/// thread, several at once. The routes share it, so it outlives requests in progress.
class OtlpReceiver {
 public:
  /// `max_body`: the largest body in bytes, in the protobuf encoding.
  OtlpReceiver(std::shared_ptr<PushedState> state, std::shared_ptr<const Clock> clock, std::size_t max_body);

  /// Returns whether bodies of this type are read; otherwise the answer is 415. Parameters are ignored.
  static bool takes(std::string_view content_type);
  /// Adds the points of a body, which is inflated. A body that is refused adds nothing. REQUIRES:
  /// `takes(...)`.
  OtlpAnswer receive(std::string_view content_type, std::string_view body);
  /// Counts a body that was refused before it came here, by the status of the answer: 400 and 413.
  void refused(int status);

 private:
  const std::shared_ptr<PushedState> state_;
  const std::shared_ptr<const Clock> clock_;
  const std::size_t max_body_;
};

}  // namespace dbpool
