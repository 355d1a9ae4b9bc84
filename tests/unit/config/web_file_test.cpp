#include "config/web_file.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "support/eventually.hpp"
#include "support/tls_client.hpp"
#include "unit/web/fakes.hpp"
#include "web/live_web_config.hpp"

namespace dbpool {
namespace {

using namespace std::chrono_literals;

/// A web configuration with a certificate and a key in files beside it, and a door that follows them. Its
/// clock stands until the test moves it.
class LiveDoor {
 public:
  explicit LiveDoor(const test::KeyPair& first) {
    replace("live.pem", first.certificate);
    replace("live.key", first.key);
    replace("web.yml", "tls_server_config: {cert_file: live.pem, key_file: live.key}\n");
    config_.emplace([this] { return load_web_config(directory_ / "web.yml", {}); }, logger_,
                    [this] { return std::chrono::steady_clock::time_point(seconds_.load()); });
  }
  LiveDoor(const LiveDoor&) = delete;
  LiveDoor& operator=(const LiveDoor&) = delete;
  ~LiveDoor() { std::filesystem::remove_all(directory_); }

  /// Replaces a file as a whole, as those that renew certificates do.
  void replace(const std::string& name, const std::string& text) const {
    std::ofstream(directory_ / "next") << text;
    std::filesystem::rename(directory_ / "next", directory_ / name);
  }

  /// Lets the door look at the files again. Returns the name in the certificate that a new client is shown.
  std::string shown_later() {
    seconds_ = seconds_.load() + 1s;
    return client_.shown_by(door_);
  }
  const TlsDoor& door() const { return door_; }

 private:
  static std::filesystem::path new_directory() {
    std::string pattern = std::filesystem::temp_directory_path() / "dbpool_web_file_test.XXXXXX";
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    return pattern;
  }

  const std::filesystem::path directory_ = new_directory();
  test::KeepingLogger logger_;
  std::atomic<std::chrono::seconds> seconds_ = std::chrono::seconds(0);
  std::optional<LiveWebConfig> config_;
  const TlsDoor door_{[this] { return config_->current()->tls; }};
  test::TlsClient client_;
};

/// Clients that make handshakes with a door, one after another, until the destructor runs.
class HandshakeLoad {
 public:
  explicit HandshakeLoad(const TlsDoor& door) {
    for (int i = 0; i < 2; ++i) {
      threads_.emplace_back([this, &door](const std::stop_token& stop) {
        test::TlsClient client;
        while (!stop.stop_requested()) ++(client.shown_by(door).empty() ? failed_ : succeeded_);
      });
    }
  }

  int succeeded() const { return succeeded_; }
  int failed() const { return failed_; }

 private:
  std::atomic<int> succeeded_ = 0, failed_ = 0;
  std::vector<std::jthread> threads_;
};

}  // namespace

TEST_CASE("two hundred rotations under load fail no handshake, and each counts when both halves are there") {
  const std::array pairs{test::self_signed("even"), test::self_signed("odd")};
  LiveDoor live(pairs[0]);
  const HandshakeLoad load(live.door());
  std::string last = "even";
  for (std::size_t turn = 1; turn <= 200; ++turn) {
    const auto& [certificate, key] = pairs.at(turn % 2);
    live.replace("live.pem", certificate);
    CHECK(live.shown_later() == last);
    live.replace("live.key", key);
    last = turn % 2 == 0 ? "even" : "odd";
    // Another client may be the one that reads the files at the moment.
    REQUIRE(eventually([&] { return live.shown_later() == last; }, 30s));
  }
  REQUIRE(eventually([&] { return load.succeeded() >= 600; }, 60s));
  CHECK(load.failed() == 0);
}

}  // namespace dbpool
