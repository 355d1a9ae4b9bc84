#include "daemon/descriptor_budget.hpp"

#include <doctest/doctest.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <optional>

#include "dbpool/drivers/sqlite.hpp"
#include "support/fakes/null_driver.hpp"
#include "web/client_limits.hpp"

using namespace dbpool;

namespace {

/// Sets this process's limit of descriptors until the end of the scope.
class SoftLimit {
 public:
  explicit SoftLimit(rlim_t descriptors) {
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
    const rlimit changed{descriptors, before_.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &changed) == 0);
  }
  SoftLimit(const SoftLimit&) = delete;
  SoftLimit& operator=(const SoftLimit&) = delete;
  ~SoftLimit() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

/// Occupies descriptors until the lowest free one is `until`.
class Hoard {
 public:
  explicit Hoard(std::uint64_t until) {
    while (taken_.empty() || static_cast<std::uint64_t>(taken_.back()) + 1 < until) {
      taken_.push_back(::eventfd(0, EFD_CLOEXEC));
      REQUIRE(taken_.back() >= 0);
    }
  }
  Hoard(const Hoard&) = delete;
  Hoard& operator=(const Hoard&) = delete;
  ~Hoard() {
    for (const int descriptor : taken_) ::close(descriptor);
  }

 private:
  std::vector<int> taken_;
};

std::shared_ptr<Driver> sparing(std::uint64_t each) {
  return sparing_driver(std::make_shared<test::NullDriver>(), std::make_shared<DescriptorCount>(0), each);
}

struct LevelsLogger : Logger {
  void log(LogLevel level, std::string_view, std::string_view message,
           const std::vector<LogField>&) noexcept override {
    CHECK(message == "too few file descriptors");
    last = level;
  }
  std::optional<LogLevel> last;
};

std::optional<LogLevel> level_at(std::uint64_t limit, const Config& config) {
  const SoftLimit soft(limit);
  LevelsLogger logger;
  check_descriptors(config, logger);
  return logger.last;
}

Config one_pool(const std::string& driver, unsigned min_size, unsigned max_size) {
  Config config;
  config.pools.resize(1);
  config.pools[0].driver = driver;
  config.pools[0].options.min_size = min_size;
  config.pools[0].options.max_size = max_size;
  config.pools[0].options.max_overflow = 5;
  return config;
}

}  // namespace

TEST_CASE("a pool needs descriptors for the connections that it keeps, and more for those it may have") {
  const DescriptorNeed none = descriptors_needed({});
  CHECK(none.least == none.most);
  const DescriptorNeed files = descriptors_needed(one_pool("sqlite", 2, 10));
  CHECK(files.least == none.least + 6);
  CHECK(files.most == none.most + 45);
  const DescriptorNeed sockets = descriptors_needed(one_pool("postgres", 2, 10));
  CHECK(sockets.least == none.least + 4);
  CHECK(sockets.most == none.most + 30);
}

TEST_CASE(
    "a port for pushes may have as many clients as it allows, one in the web server has none of its own") {
  const auto with = [](SourceOptions options) {
    Config config;
    config.sources.resize(1);
    config.sources[0].options = std::move(options);
    return descriptors_needed(config);
  };
  const DescriptorNeed probed = with(HttpJsonOptions{});
  const DescriptorNeed port = with(OtlpOptions{});
  CHECK(port.least == probed.least);
  CHECK(port.most == probed.most + 128);
  CHECK(with(OtlpOptions{.listen = std::nullopt}).most == probed.most);
}

TEST_CASE("too low a limit is warned of, and is an error when pools cannot even keep their minimum") {
  const Config config = one_pool("sqlite", 20, 100);
  const DescriptorNeed need = descriptors_needed(config);
  CHECK(level_at(need.most, config) == std::nullopt);
  CHECK(level_at(need.most - 1, config) == LogLevel::warn);
  CHECK(level_at(need.least, config) == LogLevel::warn);
  CHECK(level_at(need.least - 1, config) == LogLevel::error);
}

TEST_CASE(
    "a connection is refused when only the web server's descriptors are left, and made when there are more") {
  const auto driver = sparing(3);
  const SoftLimit soft(200);
  const std::uint64_t last = 200 - client_limits(200).descriptors();
  {
    const Hoard all_but_the_web_servers(last);
    try {
      connect(*driver, Deadline());
      FAIL("a connection was opened");
    } catch (const DriverError& error) {
      CHECK(error.kind() == ErrorKind::connect);
      CHECK(std::string(error.what()).find("too few file descriptors; the limit is 200") !=
            std::string::npos);
    }
  }
  const Hoard one_less(last - 1);
  CHECK(connect(*driver, Deadline()) != nullptr);
}

TEST_CASE("a connect that may block says so through the count of descriptors") {
  const auto driver = sparing_driver(sqlite_driver(":memory:"), std::make_shared<DescriptorCount>(0), 3);
  CHECK(driver->start_connect(Deadline())->blocks_on() != nullptr);
  CHECK(sparing(3)->start_connect(Deadline())->blocks_on() == nullptr);
}

TEST_CASE("a connection is refused when no descriptor is left at all") {
  const auto driver = sparing(3);
  const SoftLimit soft(100);
  const Hoard everything(100);
  CHECK_THROWS_AS(connect(*driver, Deadline()), DriverError);
}

TEST_CASE("connections count with what they may come to open, for as long as they are open") {
  const auto count = std::make_shared<DescriptorCount>(0);
  const auto driver = sparing_driver(std::make_shared<test::NullDriver>(), count, 30);
  const SoftLimit soft(200);
  auto first = connect(*driver, Deadline());
  CHECK(*count == 30);
  auto second = connect(*driver, Deadline());
  auto third = connect(*driver, Deadline());
  CHECK(*count == 90);
  CHECK_THROWS_AS(connect(*driver, Deadline()), DriverError);
  CHECK(*count == 90);
  second.reset();
  CHECK(*count == 60);
  CHECK_FALSE(third->is_broken());
  CHECK(third->execute("SELECT 1", Deadline()).rows.empty());
  CHECK_NOTHROW(connect(*driver, Deadline()));
}

TEST_CASE("a connect that is abandoned counts no more") {
  const auto count = std::make_shared<DescriptorCount>(0);
  const auto driver = sparing_driver(std::make_shared<test::NullDriver>(), count, 3);
  auto operation = driver->start_connect(Deadline());
  CHECK(*count == 3);
  operation.reset();
  CHECK(*count == 0);
}

TEST_CASE("a driver is described as it was") {
  const auto driver = std::make_shared<test::NullDriver>();
  CHECK(sparing_driver(driver, std::make_shared<DescriptorCount>(0), 3)->info().driver ==
        driver->info().driver);
}
