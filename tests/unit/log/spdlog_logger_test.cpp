#include "log/spdlog_logger.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <nlohmann/json.hpp>
#include <thread>

namespace dbpool {
namespace {

/// A pipe whose destructor closes both ends.
struct Pipe {
  Pipe() {
    std::signal(SIGPIPE, SIG_IGN);
    REQUIRE(::pipe(ends.data()) == 0);
  }
  ~Pipe() {
    close_reader();
    ::close(ends[1]);
  }
  void close_reader() {
    if (ends[0] >= 0) ::close(std::exchange(ends[0], -1));
  }
  /// Reads the bytes available now.
  std::string drain() const {
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    std::string text;
    std::array<char, 4096> part{};
    for (ssize_t n; (n = ::read(ends[0], part.data(), part.size())) > 0;) {
      text.append(part.data(), static_cast<std::size_t>(n));
    }
    return text;
  }

  std::array<int, 2> ends{};
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0, end; (end = text.find('\n', at)) != std::string::npos; at = end + 1) {
    lines.push_back(text.substr(at, end - at));
  }
  return lines;
}

TEST_CASE("lines below the level are left out") {
  const Pipe pipe;
  const auto logger = spdlog_logger({LogLevel::warn, LogFormat::logfmt}, pipe.ends[1]);
  logger->log(LogLevel::info, "pool", "quiet");
  logger->log(LogLevel::warn, "pool", "loud");
  const auto lines = lines_of(pipe.drain());
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].ends_with("level=warn component=pool msg=loud"));
}

TEST_CASE("a level that changes counts from the next line on") {
  const Pipe pipe;
  const auto logger = spdlog_logger({LogLevel::warn, LogFormat::logfmt}, pipe.ends[1]);
  logger->log(LogLevel::debug, "pool", "before");
  logger->set_level(LogLevel::debug);
  CHECK(logger->level() == LogLevel::debug);
  logger->log(LogLevel::debug, "pool", "between");
  logger->set_level(LogLevel::error);
  logger->log(LogLevel::warn, "pool", "after");
  const auto lines = lines_of(pipe.drain());
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].ends_with("msg=between"));
}

TEST_CASE("the JSON format writes one object a line, and braces in a message are just text") {
  const Pipe pipe;
  const auto logger = spdlog_logger({LogLevel::debug, LogFormat::json}, pipe.ends[1]);
  logger->log(LogLevel::debug, "web", "a {} %v b", {{"error", "x\ny"}});
  const auto lines = lines_of(pipe.drain());
  REQUIRE(lines.size() == 1);
  const auto json = nlohmann::json::parse(lines[0]);
  CHECK(json["message"] == "a {} %v b");
  CHECK(json["context"]["error"] == "x\ny");
}

TEST_CASE("a reader that has gone away costs lines and nothing else") {
  Pipe pipe;
  const auto logger = spdlog_logger({}, pipe.ends[1]);
  pipe.close_reader();
  logger->log(LogLevel::error, "pool", "nobody reads this");
  const auto closed = spdlog_logger({}, -1);
  closed->log(LogLevel::error, "pool", "nor this");
}

TEST_CASE("a reader that does not read blocks nobody, and gets whole lines again afterwards") {
  const Pipe pipe;
  const auto logger = spdlog_logger({}, pipe.ends[1]);
  const std::string long_text(10'000, 'x');
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 100; ++i) logger->log(LogLevel::info, "pool", "long", {{"text", long_text}});
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(2));

  const std::string before = pipe.drain();
  CHECK(before.size() > 10'000);
  logger->log(LogLevel::info, "pool", "after");
  const auto lines = lines_of(pipe.drain());
  REQUIRE(!lines.empty());
  CHECK(lines.back().starts_with("ts="));
  CHECK(lines.back().ends_with("msg=after"));
}

TEST_CASE("lines of many threads do not mix") {
  const Pipe pipe;
  const auto logger = spdlog_logger({}, pipe.ends[1]);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i)
        logger->log(LogLevel::info, "pool", "same", {{"k", std::string(100, 'y')}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto lines = lines_of(pipe.drain());
  CHECK(lines.size() == 200);
  CHECK(std::all_of(lines.begin(), lines.end(), [](const std::string& line) {
    return line.starts_with("ts=") && line.ends_with(std::string(" k=") + std::string(100, 'y'));
  }));
}

}  // namespace
}  // namespace dbpool
