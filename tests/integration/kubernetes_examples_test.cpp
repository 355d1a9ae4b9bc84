#include <doctest/doctest.h>

#include <regex>

#include "support/servers/exporter_process.hpp"

using namespace dbpool;

namespace {

/// Returns the configuration with secrets that exist here, in place of those of a pod.
std::string with_secrets(const std::string& text, const TemporaryDirectory& secrets) {
  static const std::regex secret("/run/secrets/dbpool/([a-z-]+)");
  for (std::sregex_iterator found(text.begin(), text.end(), secret), end; found != end; ++found)
    secrets.write(found->str(1), "host=db user=stats dbname=pgbouncer");
  return std::regex_replace(text, secret, secrets.path().string() + "/$1");
}

/// Returns the same with a directory that exists here in place of the one for events.
std::string with_events(const std::string& text, const TemporaryDirectory& directory) {
  return std::regex_replace(text, std::regex("/run/dbpool/"), directory.path().string() + "/");
}

}  // namespace

TEST_CASE("the exporter accepts the configurations of the examples for Kubernetes") {
  int seen = 0;
  for (const auto& example :
       std::filesystem::directory_iterator(DBPOOL_SOURCE_DIR "/deploy/kubernetes/examples")) {
    const TemporaryDirectory directory;
    const std::string text = with_secrets(read_whole(example.path() / "dbpool.yml"), directory);
    const auto file = directory.write("dbpool.yml", with_events(text, directory));
    const Finished finished = run_exporter({"--config.check", "--config.file=" + file.string()});
    CHECK_MESSAGE(finished.output == "OK\n", finished.error);
    CHECK(finished.error.empty());
    ++seen;
  }
  CHECK(seen == 3);
}
