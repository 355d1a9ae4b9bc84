#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>

#include <sstream>

#include "support/eventually.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/free_port.hpp"
#include "support/servers/scripted_http_server.hpp"

using namespace dbpool;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// Longer than the pause between two looks at the files, the reading and the first reading of a source.
constexpr auto two_looks = 15s;
constexpr const char* file_ok = "dbpool_exporter_source_file_ok";

/// A source that is answered at once: its target refuses the connection.
std::string refused_source(const std::string& name) {
  static const std::uint16_t port = free_port();
  return fmt::format("- {{name: {}, type: pgbouncer, dsn: 'host=127.0.0.1 port={} password=hunter2'}}\n",
                     name, port);
}

/// An exporter with an owned pool under load, and a directory of source files.
class FollowedDirectory {
 public:
  explicit FollowedDirectory(const std::string& main = "") : exporter_(setup(main)) {}

  const ExporterProcess& exporter() const { return exporter_; }
  ExporterProcess& exporter() { return exporter_; }
  fs::path path(const std::string& name) const { return files_.path() / name; }
  void write(const std::string& name, const std::string& text) const { files_.write(name, text); }
  void remove(const std::string& name) const { fs::remove(path(name)); }
  /// Replaces the configuration file without a reload.
  void configure(const std::string& main) const { exporter_.configure(text(main)); }

  bool has_source(const std::string& name) const { return exporter_.scrape().mentions({{"source", name}}); }
  bool comes(const std::string& source) const {
    return eventually([&] { return has_source(source); }, two_looks);
  }
  bool goes(const std::string& source) const {
    return eventually([&] { return !has_source(source); }, two_looks);
  }
  std::optional<double> ok(const std::string& file) const {
    return exporter_.metric(file_ok, {{"file", path(file)}});
  }
  bool comes_to(const std::string& file, double is_ok) const {
    return eventually([&] { return ok(file) == is_ok; }, two_looks);
  }

 private:
  std::string text(const std::string& main) const {
    return fmt::format(
        "pools: [{{name: owned, dsn: ':memory:', max_size: 2, canary: {{interval: 1ms, concurrency: 4}}}}]\n"
        "source_files: ['{}/*.yml']\n{}",
        files_.path().string(), main);
  }
  ExporterSetup setup(const std::string& main) const {
    return {.config = text(main), .flags = {"--web.enable-lifecycle"}};
  }

  const TemporaryDirectory files_;
  ExporterProcess exporter_;
};

/// The counters of what stays, which must neither fall nor be absent.
class CounterWitness {
 public:
  /// Checks the counters in a scrape against those of the one before.
  void see(const std::string& metrics) {
    std::map<std::string, double> now;
    std::istringstream lines(metrics);
    for (std::string line; std::getline(lines, line);) {
      const auto blank = line.rfind(' ');
      const bool is_counter = line.find("_total{") != std::string::npos ||
                              line.find("_bucket{") != std::string::npos ||
                              line.find("_count{") != std::string::npos;
      const bool stays = line.find("source=\"extra") == std::string::npos;
      if (is_counter && stays && !line.starts_with('#'))
        now[line.substr(0, blank)] = std::stod(line.substr(blank + 1));
    }
    for (const auto& [series, value] : last_) {
      const auto found = now.find(series);
      const bool is_kept = found != now.end() && found->second >= value;
      CHECK_MESSAGE(is_kept, series);
    }
    last_ = std::move(now);
    ++scrapes_;
  }
  std::size_t counters() const { return last_.size(); }
  int scrapes() const { return scrapes_; }

 private:
  std::map<std::string, double> last_;
  int scrapes_ = 0;
};

bool has_text(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("source files are added, changed, broken, mended and removed while the exporter runs") {
  FollowedDirectory directory;
  CHECK_FALSE(directory.has_source("a"));
  directory.write("a.yml", refused_source("a"));
  CHECK(directory.comes("a"));
  CHECK(directory.ok("a.yml") == 1);

  directory.write("a.yml", refused_source("a") + "- {name: b, type: pgbouncer, dsn: hunter2, port: 1}\n");
  directory.write("b.yml", refused_source("c"));
  CHECK(directory.comes_to("a.yml", 0));
  CHECK(directory.comes("c"));
  CHECK(directory.has_source("a"));
  CHECK_FALSE(directory.has_source("b"));
  const auto problems = directory.exporter().log("source file cannot be loaded");
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].at("file") == directory.path("a.yml"));
  CHECK(problems[0].at("problem").starts_with(directory.path("a.yml").string() + ":2: [1]"));
  CHECK(directory.exporter().metric("dbpool_exporter_config_last_reload_successful") == 1);

  directory.write("a.yml", refused_source("b"));
  directory.remove("b.yml");
  CHECK(directory.comes_to("a.yml", 1));
  CHECK(directory.comes("b"));
  CHECK(directory.goes("a"));
  CHECK(directory.goes("c"));
  CHECK_FALSE(directory.ok("b.yml").has_value());
  CHECK_FALSE(has_text(directory.exporter().process().standard_error(), "hunter2"));
}

TEST_CASE("a ConfigMap is followed through the swap of its symbolic link") {
  FollowedDirectory directory;
  const auto version = [&](const std::string& name, const std::string& source) {
    fs::create_directory(directory.path(name));
    directory.write(name + "/sources.yml", refused_source(source) + refused_source("stays"));
  };
  const auto publish = [&](const std::string& name) {
    fs::create_directory_symlink(name, directory.path("..data_tmp"));
    fs::rename(directory.path("..data_tmp"), directory.path("..data"));
  };
  version("..1", "first");
  publish("..1");
  fs::create_symlink("..data/sources.yml", directory.path("sources.yml"));
  CHECK(directory.comes("first"));
  const auto failures = [&] {
    return directory.exporter()
        .metric("dbpool_source_read_failures_total", {{"source", "stays"}})
        .value_or(0);
  };
  CHECK(eventually([&] { return failures() >= 1; }, 5s));
  version("..2", "second");
  publish("..2");
  fs::remove_all(directory.path("..1"));
  CHECK(directory.comes("second"));
  CHECK_FALSE(directory.has_source("first"));
  CHECK(failures() >= 1);
  CHECK(directory.ok("sources.yml") == 1);
  CHECK(directory.exporter().log("source file cannot be loaded").empty());
}

TEST_CASE("200 sources come and go under load, and no counter of the others falls") {
  const ScriptedHttpServer server(
      [](const std::string&) { return http_answer("200 OK", R"({"size": 3, "acquired": 7})"); });
  const auto read_source = [&](const std::string& name) {
    return fmt::format(
        "- {{name: {}, type: http_json, interval: 200ms, url: '{}', preset: custom, fields: {{active: /size, "
        "acquisitions: /acquired}}}}\n",
        name, server.url());
  };
  FollowedDirectory directory("sources:\n" + read_source("main"));
  directory.write("kept.yml", read_source("kept"));
  REQUIRE(directory.comes("kept"));

  CounterWitness witness;
  const auto all_extra = [&](bool are_wanted) {
    const std::string metrics = directory.exporter().get("/metrics").body;
    witness.see(metrics);
    std::size_t found = 0;
    for (int i = 0; i < 200; ++i) found += has_text(metrics, fmt::format("source=\"extra{}\"", i)) ? 1 : 0;
    return found == (are_wanted ? 200U : 0U);
  };
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 200; ++i)
      directory.write(fmt::format("extra{}.yml", i), refused_source(fmt::format("extra{}", i)));
    CHECK(eventually([&] { return all_extra(true); }, 2 * two_looks));
    for (int i = 0; i < 200; ++i) directory.remove(fmt::format("extra{}.yml", i));
    CHECK(eventually([&] { return all_extra(false); }, 2 * two_looks));
  }
  CHECK(witness.counters() > 50);
  CHECK(witness.scrapes() > 10);
  const Scrape last = directory.exporter().scrape();
  for (const std::string source : {"main", "kept"})
    CHECK(last.at("dbpool_source_reads_total", {{"source", source}}) > 5);
  CHECK(last.at("dbpool_acquisitions_total", {{"pool", "owned"}}) > 100);
}

TEST_CASE("a file system that does not answer delays neither scrapes nor a reload for long") {
  // Until the lease of a file is given back, for 45 s at most, the kernel delays every other open of it.
  ::signal(SIGIO, SIG_IGN);
  FollowedDirectory directory;
  directory.write("a.yml", refused_source("a"));
  REQUIRE(directory.comes("a"));
  const int lease = ::open(directory.path("a.yml").c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(lease >= 0);
  REQUIRE(eventually([&] { return ::fcntl(lease, F_SETLEASE, F_WRLCK) == 0; }, 5s));
  CHECK(directory.comes_to("a.yml", 0));
  CHECK(directory.has_source("a"));
  const HttpAnswer reload = directory.exporter().post("/-/reload");
  CHECK(reload.status == 500);
  CHECK(has_text(reload.body, "a.yml: not read; the file system has not answered for 5 s"));
  CHECK(directory.exporter().metric("dbpool_exporter_config_last_reload_successful") == 1);
  ::fcntl(lease, F_SETLEASE, F_UNLCK);
  ::close(lease);
  CHECK(directory.comes_to("a.yml", 1));
  CHECK(directory.has_source("a"));
}

TEST_CASE("a reload reads the source files at once, and answers with their problems") {
  FollowedDirectory directory;
  directory.write("a.yml", refused_source("a"));
  directory.write("b.yml", "[{name: b}]");
  const HttpAnswer answer = directory.exporter().post("/-/reload");
  CHECK(answer.status == 500);
  CHECK(has_text(answer.body, "b.yml:1: [0]: type is missing"));
  CHECK(directory.has_source("a"));
  CHECK(directory.exporter().metric("dbpool_exporter_config_last_reload_successful") == 1);
  directory.remove("b.yml");
  CHECK(directory.exporter().post("/-/reload").status == 200);
}

TEST_CASE("a configuration that takes the name of a source in a file is refused at a reload") {
  FollowedDirectory directory;
  directory.write("a.yml", refused_source("a"));
  CHECK(directory.exporter().post("/-/reload").status == 200);
  directory.configure("sources:\n" + refused_source("a"));
  const HttpAnswer answer = directory.exporter().post("/-/reload");
  CHECK(answer.status == 500);
  CHECK(has_text(answer.body, ", also in " + directory.path("a.yml").string() + ":1; "));
  CHECK(directory.exporter().metric("dbpool_exporter_config_last_reload_successful") == 0);
  CHECK(directory.has_source("a"));
}

TEST_CASE("an exporter starts with a bad source file, and names it") {
  const TemporaryDirectory files;
  const std::string bad = files.write("bad.yml", "sources: []\n");
  files.write("good.yml", refused_source("good"));
  const ExporterProcess exporter(
      {.config = fmt::format("source_files: ['{}/*.yml']", files.path().string())});
  CHECK(exporter.scrape().mentions({{"source", "good"}}));
  CHECK(exporter.metric(file_ok, {{"file", bad}}) == 0);
  CHECK(exporter.log("source file cannot be loaded").size() == 1);
}

TEST_CASE("--config.check and check report the problems of all source files and exit 2") {
  const TemporaryDirectory directory;
  fs::create_directory(directory.path() / "sources.d");
  const std::string main = directory.write("c.yml", "pools: [{name: a}]\nsource_files: [sources.d/*.yml]\n");
  const auto run = [&](std::vector<std::string> words) {
    words.push_back("--config.file=" + main);
    return run_exporter(words);
  };
  CHECK(run({"--config.check"}).output == "OK\n");
  directory.write("sources.d/a.yml", refused_source("a"));
  directory.write("sources.d/b.yml",
                  "- {name: b, type: pgbouncer, dsn: 'host=h password=hunter2', tls: on}\n");
  for (const std::vector<std::string>& words : {std::vector<std::string>{"--config.check"}, {"check"}}) {
    const Finished finished = run(words);
    CHECK(finished.exit_code == 2);
    CHECK(has_text(finished.error, "sources.d/b.yml:1: [0].tls: unknown key"));
    CHECK_FALSE(has_text(finished.error, "hunter2"));
  }
  directory.write("sources.d/b.yml", "[]");
  const Finished clash = run({"--config.check"});
  CHECK(clash.exit_code == 2);
  CHECK(has_text(clash.error, "sources.d/a.yml:1: duplicate \"a\", also in " + main));
  directory.write("sources.d/a.yml", refused_source("b"));
  CHECK(run({"--config.check"}).exit_code == 0);
  const Finished checked = run({"check"});
  CHECK(checked.exit_code == 1);
  CHECK(has_text(checked.output, "sources.d/a.yml (source file): read, with 1 source\n"));
  CHECK(has_text(checked.output, "sources.d/b.yml (source file): read, with 0 sources\n"));
  CHECK(has_text(checked.output, "b (pgbouncer): "));
}
