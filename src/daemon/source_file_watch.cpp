#include "daemon/source_file_watch.hpp"

#include <fmt/format.h>

#include <future>
#include <utility>

#include "model/seconds.hpp"
#include "model/utf8.hpp"

namespace dbpool {
namespace {

/// Threads that may hang in the file system: one for looks, the others for reloads.
constexpr unsigned reading_threads = 4;

std::vector<LogField> fields_of(const std::string& path) {
  return {{"file", path}};
}

}  // namespace

SourceFileWatch::SourceFileWatch(Read read, Logger& logger, Duration patience)
    : read_(std::move(read)), logger_(logger), patience_(patience), threads_(reading_threads, 0) {}

JoinedConfig SourceFileWatch::load(const MainFile& main) {
  const Reading reading = read_now(main.config.source_files);
  JoinedConfig joined = join_sources(main, *reading.files, in_force_);
  joined_ = reading.files;
  return joined;
}

void SourceFileWatch::look(const Patterns& patterns, const std::function<void(Reading)>& done) {
  if (patterns.empty()) return;
  auto token = std::make_shared<int>();
  const std::weak_ptr<int> reading = token;
  auto end = [done, token = std::move(token)](Reading read) mutable {
    token.reset();  // the next look may begin as soon as `done` is called
    done(std::move(read));
  };
  if (in_flight_.expired() && begin(patterns, std::move(end))) {
    in_flight_ = reading;
    return;
  }
  done(not_read(patterns));
}

std::optional<JoinedConfig> SourceFileWatch::changed(const MainFile& main, const Reading& reading) {
  if (reading.turn != turn_) return std::nullopt;
  if (*reading.files == *last_read_) {
    log_problems();
    return std::nullopt;
  }
  JoinedConfig joined = join_sources(main, *reading.files, in_force_);
  joined_ = reading.files;
  return joined;
}

std::vector<std::string> SourceFileWatch::put_in_force(JoinedFiles files) {
  std::vector<std::string> warnings;
  for (const auto& [path, file] : files) {
    const JoinedFile& before = in_force_[path];
    if (!file.problems.empty() || before == file) continue;
    auto fields = fields_of(path);
    fields.push_back({"sources", static_cast<std::int64_t>(file.list->sources.size())});
    logger_.log(LogLevel::info, "config", "source file loaded", fields);
    warnings.insert(warnings.end(), file.list->warnings.begin(), file.list->warnings.end());
  }
  for (const auto& [path, file] : in_force_) {
    if (file.list == nullptr || files.contains(path)) continue;
    logger_.log(LogLevel::info, "config", "source file removed", fields_of(path));
  }
  in_force_ = std::move(files);
  last_read_ = joined_;
  log_problems();
  std::map<std::string, bool> good;
  for (const auto& [path, file] : in_force_) {
    bool& is_good = good.try_emplace(valid_utf8(path), true).first->second;
    is_good = is_good && file.problems.empty();
  }
  good_.access()->swap(good);
  return warnings;
}

SourceFileWatch::Reading SourceFileWatch::read_now(const Patterns& patterns) {
  if (patterns.empty()) return {++turn_, std::make_shared<const SourceFiles>()};
  const auto answer = std::make_shared<std::promise<Reading>>();
  auto read = answer->get_future();
  const bool has_begun =
      begin(patterns, [answer](Reading reading) { answer->set_value(std::move(reading)); });
  const bool is_read = has_begun && read.wait_for(patience_) == std::future_status::ready;
  return is_read ? read.get() : not_read(patterns);
}

/// Returns false if the file system holds all threads.
bool SourceFileWatch::begin(const Patterns& patterns, std::function<void(Reading)> done) {
  return threads_.run([read = read_, patterns, before = last_read_, turn = ++turn_, done = std::move(done)] {
    done({turn, std::make_shared<const SourceFiles>(read(patterns, *before))});
  });
}

/// Returns all known files, and the patterns, as bad.
SourceFileWatch::Reading SourceFileWatch::not_read(const Patterns& patterns) const {
  SourceFiles files = *last_read_;
  for (const auto& pattern : patterns) files.try_emplace(pattern);
  for (auto& [path, file] : files) {
    file.list = nullptr;
    file.problems = {
        fmt::format("{}: not read; the file system has not answered for {} s", path, seconds_of(patience_))};
  }
  return {turn_, std::make_shared<const SourceFiles>(std::move(files))};
}

void SourceFileWatch::log_problems() {
  for (const auto& [path, file] : in_force_) {
    if (file.problems.empty()) continue;
    const auto suppressed = failures_.admit(file.problems.front(), std::chrono::steady_clock::now());
    if (!suppressed) continue;
    auto fields = fields_of(path);
    fields.push_back({"problem", file.problems.front()});
    fields.push_back({"problems", static_cast<std::int64_t>(file.problems.size())});
    fields.push_back({"suppressed", static_cast<std::int64_t>(*suppressed)});
    logger_.log(LogLevel::error, "config", "source file cannot be loaded", fields);
  }
}

}  // namespace dbpool
