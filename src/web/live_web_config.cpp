#include "web/live_web_config.hpp"

#include <algorithm>
#include <exception>
#include <future>
#include <utility>

namespace dbpool {
namespace {

using namespace std::chrono_literals;

bool is_unchanged(const FileStamp& stamp) {
  return stamp_of(stamp.file) == stamp;
}

}  // namespace

LiveWebConfig::LiveWebConfig(Load load, Logger& logger, Now now)
    : load_(std::move(load)), logger_(logger), now_(std::move(now)) {
  const auto config = std::make_shared<const WebConfig>(load_());
  *state_.access() = {config, now_(), ""};
  warn(*config);
}

std::shared_ptr<const WebConfig> LiveWebConfig::current() {
  auto last = state_.access()->config;
  const std::unique_lock reloading(reloading_, std::try_to_lock);
  if (!reloading.owns_lock()) return last;
  {
    const auto state = state_.access();
    if (now_() - state->looked_at < 1s) return state->config;
    state->looked_at = now_();
  }
  // After a bad version, what is to change may be a file that only that version names.
  if (last_reload_successful() && std::ranges::all_of(last->files, is_unchanged)) return last;
  reload(last);
  return state_.access()->config;
}

void LiveWebConfig::reload(const std::shared_ptr<const WebConfig>& last) {
  try {
    // On a thread of its own, because the stacks of web threads are small.
    auto config = std::make_shared<const WebConfig>(std::async(std::launch::async, load_).get());
    if ((config->tls == nullptr) != (last->tls == nullptr))
      return refuse("TLS was switched on or off; allowed: a restart for that");
    {
      const auto state = state_.access();
      state->config = config;
      state->problem.clear();
    }
    logger_.log(LogLevel::info, "web", "web configuration reloaded");
    warn(*config);
  } catch (const std::exception& error) {
    refuse(error.what());
  }
}

void LiveWebConfig::warn(const WebConfig& config) {
  for (const std::string& warning : config.warnings) {
    logger_.log(LogLevel::warn, "web", "web configuration may not mean what it says", {{"problem", warning}});
  }
}

void LiveWebConfig::refuse(const std::string& problem) {
  if (std::exchange(state_.access()->problem, problem) == problem) return;
  logger_.log(LogLevel::error, "web", "web configuration reload failed", {{"problem", problem}});
}

}  // namespace dbpool
