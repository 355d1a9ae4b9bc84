#include "config/join_sources.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>

#include "config/entries.hpp"

namespace dbpool {
namespace {

using Texts = std::vector<std::string>;

/// Where a source or a pool is written.
struct Place {
  std::string_view file;
  int line = 0;  ///< 0 = not known

  std::string text() const { return line > 0 ? fmt::format("{}:{}", file, line) : std::string(file); }
};

/// The names and receivers that are taken, and by which file. Refers to the configurations of its entries.
class Taken {
 public:
  void add(const std::string& name, const Place& place) { names_.try_emplace(name, place); }
  void add(const SourceConfig& source, const Place& place) {
    add(source.probe.name, place);
    const bool receives = std::holds_alternative<OtlpOptions>(source.options) ||
                          std::holds_alternative<EventsOptions>(source.options);
    if (receives) receivers_.push_back({&source, place});
  }

  /// Adds a problem if another file has that name.
  void check(const std::string& name, const Place& place, Texts& problems) const {
    const auto found = names_.find(name);
    if (found == names_.end() || found->second.file == place.file) return;
    problems.push_back(fmt::format("{}: duplicate {}, also in {}; allowed: a unique name", place.text(),
                                   quoted_if_plain(name, "name"), found->second.text()));
  }
  void check(const SourceConfig& source, const Place& place, Texts& problems) const {
    check(source.probe.name, place, problems);
    for (const auto& [other, others_place] : receivers_) {
      const std::string_view key = shared_place(source, *other);
      if (others_place.file == place.file || key.empty()) continue;
      problems.push_back(fmt::format("{}: the source in {} receives there already; allowed: another {}",
                                     place.text(), others_place.text(), key));
    }
  }

 private:
  struct Receiver {
    const SourceConfig* source;
    Place place;
  };
  std::map<std::string_view, Place> names_;
  std::vector<Receiver> receivers_;
};

/// Calls `visit` with each source of a file and its place.
template <typename Visit>
void each_source(const std::string& path, const SourceList& list, Visit visit) {
  for (std::size_t i = 0; i < list.sources.size(); ++i) visit(list.sources[i], Place{path, list.lines[i]});
}

/// Calls `visit` with the name of each pool and with each source of the main file, and their place.
template <typename Visit>
void each_entry(const MainFile& main, Visit visit) {
  for (const PoolConfig& pool : main.config.pools) visit(pool.options.name, Place{main.name});
  for (const SourceConfig& source : main.config.sources) visit(source, Place{main.name});
}

/// One attempt to take the new versions of all files but the refused ones.
class Join {
 public:
  Join(const MainFile& main, const SourceFiles& read, const JoinedFiles& before)
      : main_(main), read_(read), before_(before) {}

  /// Returns the problems of the main file. Refuses further files.
  Texts run(std::map<std::string, Texts>& refused) {
    for (const auto& [path, file] : read_) {
      const bool is_kept = file.list == nullptr || refused.contains(path);
      files_[path] = {before(path), is_kept && file.list != nullptr ? refused[path] : file.problems};
      is_kept ? keep(path) : reserve(path, *file.list);
    }
    Texts problems;
    each_entry(main_, [&](const auto& entry, const Place& at) { taken_.check(entry, at, problems); });
    each_entry(main_, [&](const auto& entry, const Place& at) { taken_.add(entry, at); });
    for (const auto& [path, file] : read_) {
      if (file.list == nullptr || refused.contains(path)) continue;
      Texts clashes = clashes_of(path, *file.list);
      clashes.empty() ? take(path, file.list) : void(refused.emplace(path, std::move(clashes)));
    }
    return problems;
  }
  JoinedFiles files() { return std::move(files_); }

 private:
  std::shared_ptr<const SourceList> before(const std::string& path) const {
    const auto found = before_.find(path);
    return found == before_.end() ? nullptr : found->second.list;
  }

  void keep(const std::string& path) {
    const auto list = before(path);
    if (list == nullptr) return;
    sources_ += list->sources.size();
    each_source(path, *list, [this](const SourceConfig& source, const Place& at) { taken_.add(source, at); });
  }

  /// Takes what was in force and stays in the new version, before other files can.
  void reserve(const std::string& path, const SourceList& list) {
    const auto old = before(path);
    if (old == nullptr) return;
    std::set<std::string_view> names;
    for (const SourceConfig& source : old->sources) names.insert(source.probe.name);
    each_source(path, list, [&](const SourceConfig& source, const Place& at) {
      if (names.contains(source.probe.name)) taken_.add(source, at);
    });
  }

  Texts clashes_of(const std::string& path, const SourceList& list) const {
    Texts problems;
    if (sources_ + list.sources.size() > most_file_sources) {
      problems.push_back(
          fmt::format("{}: too many sources; allowed: {} in all source files", path, most_file_sources));
    }
    each_source(path, list,
                [&](const SourceConfig& source, const Place& at) { taken_.check(source, at, problems); });
    return problems;
  }

  void take(const std::string& path, const std::shared_ptr<const SourceList>& list) {
    sources_ += list->sources.size();
    each_source(path, *list, [this](const SourceConfig& source, const Place& at) { taken_.add(source, at); });
    files_[path] = {list, {}};
  }

  const MainFile& main_;
  const SourceFiles& read_;
  const JoinedFiles& before_;
  Taken taken_;
  std::size_t sources_ = 0;
  JoinedFiles files_;
};

}  // namespace

JoinedConfig join_sources(const MainFile& main, const SourceFiles& read, const JoinedFiles& before) {
  std::map<std::string, Texts> refused;
  for (;;) {
    const std::size_t refused_before = refused.size();
    Join join(main, read, before);
    Texts problems = join.run(refused);
    // A refused file keeps its old version, which may take what another new version was given.
    if (refused.size() > refused_before) continue;
    if (!problems.empty()) throw ConfigError(std::move(problems));
    JoinedConfig joined{main.config, join.files()};
    for (const auto& [path, file] : joined.files) {
      if (file.list != nullptr)
        std::ranges::copy(file.list->sources, std::back_inserter(joined.config.sources));
    }
    return joined;
  }
}

}  // namespace dbpool
