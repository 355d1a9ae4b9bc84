#include "sources/push/otlp/receiver.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <protozero/pbf_reader.hpp>
#include <sstream>
#include <thread>
#include <vector>

#include "dbpool/model/names.hpp"
#include "support/fakes/fake_clock.hpp"
#include "support/otlp_payload.hpp"
#include "support/text/find_pool.hpp"

using namespace dbpool;
using namespace dbpool::test;

namespace {

constexpr std::size_t largest_body = 1 << 16;
constexpr const char* in_protobuf = "application/x-protobuf";
constexpr const char* in_json = "application/json";

/// A receiver, and what its source would show.
class Received {
 public:
  explicit Received(const MappingOptions& options = {})
      : state_(std::make_shared<PushedState>(Mapping(options), "otel", PushNaming{}, PushLimits{})) {}

  OtlpAnswer receive(const std::string& type, const std::string& body) {
    return receiver_.receive(type, body);
  }
  void refused(int status) { receiver_.refused(status); }
  PushCounts counts() { return state_->senders.access()->counts(clock_->now()); }
  std::uint64_t rejected(RejectReason why) { return counts().rejected[index_of(why)]; }
  ProbeResult reading() { return state_->senders.access()->pools(clock_->now()); }

 private:
  const std::shared_ptr<FakeClock> clock_ = std::make_shared<FakeClock>();
  const std::shared_ptr<PushedState> state_;
  OtlpReceiver receiver_{state_, clock_, largest_body};
};

std::string exported_by_js() {
  std::stringstream bytes;
  bytes << std::ifstream(DBPOOL_TESTDATA "/../push/testdata/otel-js-cumulative.pb", std::ios::binary).rdbuf();
  return bytes.str();
}

/// A request about the pool `orders` with three connections at most, and other points of the same metric.
OtlpRequest request_with(std::vector<OtlpPoint> others) {
  OtlpMetric metric{.name = "db.client.connection.max", .unit = "{connection}", .kind = PointKind::sum};
  metric.points = {
      {.attributes = {{"db.client.connection.pool.name", "orders"}}, .start = 1, .time = 2, .integer = 3}};
  metric.points.insert(metric.points.end(), others.begin(), others.end());
  return {{{{"service.name", "shop"}}, "jdbc", {metric}}};
}

void check_nothing_kept(Received& received) {
  CHECK(received.reading().pools.empty());
  CHECK(received.counts().used == 0);
  CHECK(received.counts().senders == 0);
}

/// Returns the code and the message of a google.rpc.Status.
std::pair<std::int32_t, std::string> status_in(const std::string& body) {
  std::pair<std::int32_t, std::string> status;
  for (protozero::pbf_reader message(body); message.next();) {
    if (message.tag() == 1) status.first = message.get_int32();
    if (message.tag() == 2) status.second = message.get_string();
  }
  return status;
}

}  // namespace

TEST_CASE("Protobuf and JSON are taken, whatever their parameters, and nothing else") {
  for (const char* type : {in_protobuf, in_json, "Application/JSON", "application/json; charset=utf-8",
                           "application/x-protobuf ;a=b"}) {
    CAPTURE(type);
    CHECK(OtlpReceiver::takes(type));
  }
  for (const char* type :
       {"", "text/plain", "application/grpc", "application/jsonx", "application/x-protobuf,x", ";"}) {
    CAPTURE(type);
    CHECK_FALSE(OtlpReceiver::takes(type));
  }
}

TEST_CASE("A body's pools appear, and the answer is empty in the type of the request") {
  Received received;
  const OtlpAnswer protobuf = received.receive(in_protobuf, exported_by_js());
  CHECK(protobuf.status == 200);
  CHECK(protobuf.content_type == in_protobuf);
  CHECK(protobuf.body.empty());
  CHECK(pool_of(received.reading(), "otel/shop//var/run/postgresql/a:15432/postgres").max == 3U);
  CHECK(received.counts().senders == 1);
  Received in_text;
  const OtlpAnswer json =
      in_text.receive("application/json; charset=utf-8", otlp_json(request_with({})).dump());
  CHECK(json.status == 200);
  CHECK(json.content_type == in_json);
  CHECK(json.body == "{}");
  CHECK(only_pool(in_text.reading()).label() == "otel/shop/orders");
  CHECK(only_pool(in_text.reading()).max == 3U);
}

TEST_CASE("Metrics of no pool, repeated points and an empty body are accepted") {
  Received received;
  OtlpRequest foreign = request_with({});
  foreign[0].metrics[0].name = "http.server.active_requests";
  for (const std::string& body : {std::string(), otlp_protobuf(foreign)}) {
    CHECK(received.receive(in_protobuf, body).status == 200);
    check_nothing_kept(received);
  }
  for (int time = 0; time < 2; ++time) {
    const OtlpAnswer answer = received.receive(in_protobuf, otlp_protobuf(request_with({})));
    CHECK(answer.status == 200);
    CHECK(answer.body.empty());
  }
  CHECK(received.counts().used == 1);
  CHECK(received.rejected(RejectReason::stale) == 1);
}

TEST_CASE("Malformed points of pools are a partial success, and the others are used") {
  const OtlpPoint no_value{.start = 1, .time = 2};
  const OtlpPoint no_time{.attributes = {{"db.client.connection.pool.name", "b"}}, .integer = 1};
  const OtlpRequest request = request_with({no_value, no_time});
  const std::string why = "a point of db.client.connection.max is malformed: no value";
  {
    Received received;
    const OtlpAnswer answer = received.receive(in_json, otlp_json(request).dump());
    CHECK(answer.status == 200);
    CHECK(nlohmann::json::parse(answer.body) ==
          nlohmann::json{{"partialSuccess", {{"rejectedDataPoints", "2"}, {"errorMessage", why}}}});
    CHECK(received.counts().used == 1);
    CHECK(received.rejected(RejectReason::malformed) == 2);
    CHECK(pool_of(received.reading(), "otel/shop/orders").max == 3U);
  }
  Received received;
  const OtlpAnswer answer = received.receive(in_protobuf, otlp_protobuf(request));
  CHECK(answer.status == 200);
  protozero::pbf_reader response(answer.body);
  REQUIRE(response.next(1));
  protozero::pbf_reader partial = response.get_message();
  REQUIRE(partial.next(1));
  CHECK(partial.get_int64() == 2);
  REQUIRE(partial.next(2));
  CHECK(partial.get_string() == why);
}

TEST_CASE("Malformed points that are no pool's, or that match leaves out, are not reported") {
  MappingOptions options;
  options.match = {{"db.system", "postgresql"}};
  Received received(options);
  const auto malformed_of = [](const std::string& system) {
    return request_with({{.attributes = {{"db.system", system}}, .start = 1, .time = 2}});
  };
  CHECK(received.receive(in_json, otlp_json(malformed_of("redis")).dump()).body == "{}");
  CHECK(received.rejected(RejectReason::malformed) == 0);
  CHECK(received.receive(in_json, otlp_json(malformed_of("postgresql")).dump()).body != "{}");
  CHECK(received.rejected(RejectReason::malformed) == 1);
}

TEST_CASE("Of a body that cannot be decoded nothing is kept, wherever the error is") {
  Received received;
  const std::string body = otlp_protobuf(request_with({}));
  const OtlpAnswer answer = received.receive(in_protobuf, body + "\x0a\x7fPl4ntedPw");
  CHECK(answer.status == 400);
  CHECK(answer.content_type == in_protobuf);
  CHECK(status_in(answer.body) ==
        std::pair{3, std::string(
                         "the body is not an ExportMetricsServiceRequest: it is cut off, or not protobuf")});
  check_nothing_kept(received);
  const std::string text = otlp_json(request_with({})).dump();
  const OtlpAnswer refused = received.receive(in_json, text.substr(0, text.size() - 1));
  CHECK(refused.status == 400);
  CHECK(refused.content_type == in_json);
  const auto document = nlohmann::json::parse(refused.body);
  CHECK(document["status"] == "error");
  CHECK(document["code"] == 3);
  CHECK(document["error"] == document["message"]);
  CHECK(document["message"].get<std::string>().starts_with("the body is not JSON"));
  check_nothing_kept(received);
  CHECK(received.rejected(RejectReason::malformed) == 2);
}

TEST_CASE("A body in the other encoding than its type says is not decoded") {
  Received received;
  CHECK(received.receive(in_protobuf, otlp_json(request_with({})).dump()).status == 400);
  CHECK(received.receive(in_json, otlp_protobuf(request_with({}))).status == 400);
  check_nothing_kept(received);
}

TEST_CASE("JSON that is larger than max_body as protobuf is too large") {
  Received received;
  OtlpMetric waits{.name = "db.client.connection.wait_time", .unit = "s", .kind = PointKind::histogram};
  waits.points.push_back({.counts = std::vector<std::uint64_t>(largest_body / 8)});
  const std::string body = otlp_json({{{}, "", {waits}}}).dump();
  REQUIRE(body.size() < largest_body);
  const OtlpAnswer answer = received.receive(in_json, body);
  CHECK(answer.status == 413);
  CHECK(nlohmann::json::parse(answer.body)["error"] == "the body is larger than max_body as protobuf");
  CHECK(received.rejected(RejectReason::too_large) == 1);
  check_nothing_kept(received);
}

TEST_CASE("A body that was refused before it was received is counted by its status") {
  Received received;
  received.refused(413);
  received.refused(413);
  received.refused(400);
  CHECK(received.rejected(RejectReason::too_large) == 2);
  CHECK(received.rejected(RejectReason::malformed) == 1);
}

TEST_CASE("Bodies may be received by several threads at once") {
  constexpr int senders = 4, pushes = 50;
  Received received;
  std::vector<std::thread> threads;
  for (int sender = 0; sender < senders; ++sender) {
    threads.emplace_back([&received, sender] {
      for (int push = 0; push < pushes; ++push) {
        OtlpRequest request = request_with({});
        request[0].attributes.emplace_back("service.instance.id", std::to_string(sender));
        request[0].metrics[0].points[0].time += static_cast<std::uint64_t>(push);
        received.receive(in_protobuf, otlp_protobuf(request));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(received.counts().used == std::uint64_t{senders} * pushes);
  CHECK(only_pool(received.reading()).max == unsigned{senders} * 3);
}
