#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "dbpool/sync/guarded.hpp"
#include "log/logger.hpp"
#include "web/web_config.hpp"

namespace dbpool {

/// The web configuration, which follows its files: it looks at them when it is asked, at most once a second.
/// A bad version leaves the last good one in force. Any thread may call it.
///
/// Locking: `reloading_` lets one thread reload; the others go on with what there is.
class LiveWebConfig {
 public:
  /// Reads the files; throws an exception whose text gives the problems.
  using Load = std::function<WebConfig()>;
  using Now = std::function<std::chrono::steady_clock::time_point()>;

  /// throws what `load` throws. `logger` outlives it.
  LiveWebConfig(Load load, Logger& logger, Now now = std::chrono::steady_clock::now);

  /// Returns the configuration, never nullptr. Never throws what `load` throws.
  std::shared_ptr<const WebConfig> current();

  /// Returns whether the last version of the files was good.
  bool last_reload_successful() const { return state_.access()->problem.empty(); }

 private:
  struct State {
    std::shared_ptr<const WebConfig> config;
    std::chrono::steady_clock::time_point looked_at;
    std::string problem;  ///< of the last version; "" = it is good
  };

  void reload(const std::shared_ptr<const WebConfig>& last);
  void warn(const WebConfig& config);
  void refuse(const std::string& problem);

  const Load load_;
  Logger& logger_;
  const Now now_;
  Guarded<State> state_;
  std::mutex reloading_;
};

}  // namespace dbpool
