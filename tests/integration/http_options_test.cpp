#include <doctest/doctest.h>

#include <algorithm>

#include "dbpool/model/error.hpp"
#include "sources/http/fetch.hpp"
#include "support/eventually.hpp"
#include "support/http/gzipped.hpp"
#include "support/servers/scripted_http_server.hpp"
#include "support/servers/tls_server.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

constexpr HttpDocument text{"text/plain", std::size_t{64} << 20U};

TimePoint now() {
  return std::chrono::steady_clock::now();
}

bool contains(const std::string& whole, const std::string& part) {
  return whole.find(part) != std::string::npos;
}

/// Keeps what a sink receives.
class Kept : public HttpSink {
 public:
  void begin(const HttpHead& head) override {
    head_ = head;
    ++begun_;
  }
  void receive(std::string_view piece) override { body_ += piece; }

  HttpHead head_;
  int begun_ = 0;
  std::string body_;
};

/// Gets one document; returns the error, or "".
std::string problem(const HttpOptions& options, HttpSink& sink, Duration bound = 10s) {
  HttpTarget target(options, text, std::make_shared<NameResolver>());
  HttpFetch fetch(target, Deadline(now() + bound));
  try {
    while (fetch.get(target.url(), sink, now())) {
    }
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

std::string problem(const HttpOptions& options) {
  Kept kept;
  return problem(options, kept);
}

HttpOptions trusting(const std::string& url, const TemporaryDirectory& files, const std::string& name) {
  HttpOptions options;
  options.url = url;
  options.ca_file = files.path() / (name + ".cert");
  return options;
}

}  // namespace

TEST_CASE("a sink receives the head of an answer once, and then its body") {
  const ScriptedHttpServer server([](const std::string&) {
    return ScriptedAnswer{
        "HTTP/1.1 203 Non-Authoritative\r\nContent-Type: text/plain; version=0.0.4\r\n"
        "Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n4\r\n two\r\n0\r\n\r\n"};
  });
  HttpOptions options;
  options.url = server.url();
  Kept kept;
  CHECK(problem(options, kept).empty());
  CHECK(kept.begun_ == 1);
  CHECK(kept.head_.status == 203);
  CHECK(kept.head_.content_type == "text/plain; version=0.0.4");
  CHECK(kept.body_ == "one two");

  const ScriptedHttpServer empty(
      [](const std::string&) { return ScriptedAnswer{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}; });
  options.url = empty.url();
  Kept nothing;
  CHECK(problem(options, nothing).empty());
  CHECK(nothing.begun_ == 1);
  CHECK(nothing.head_.content_type.empty());
}

TEST_CASE("no step delivers much more than its share, however long the answer and well it is compressed") {
  const std::string body(std::size_t{20} << 20U, 'x');
  for (const bool is_packed : {false, true}) {
    CAPTURE(is_packed);
    const ScriptedHttpServer server([&](const std::string&) {
      return is_packed ? http_answer("200 OK", gzipped(body), "Content-Encoding: gzip\r\n")
                       : http_answer("200 OK", body);
    });
    HttpOptions options;
    options.url = server.url();
    HttpTarget target(options, text, std::make_shared<NameResolver>());
    HttpFetch fetch(target, Deadline(now() + 60s));
    Kept kept;
    std::size_t before = 0, most = 0;
    while (fetch.get(target.url(), kept, now())) {
      most = std::max(most, kept.body_.size() - before);
      before = kept.body_.size();
    }
    CHECK(kept.body_ == body);
    CHECK(most < HttpClient::bytes_a_step + (std::size_t{64} << 10U));
  }
}

TEST_CASE("an answer that inflates beyond the bound is an error, before all of it is inflated") {
  const std::string bomb = gzipped(std::string(std::size_t{100} << 20U, '#'));
  const ScriptedHttpServer server(
      [&](const std::string&) { return http_answer("200 OK", bomb, "Content-Encoding: gzip\r\n"); });
  HttpOptions options;
  options.url = server.url();
  CHECK(contains(problem(options), "its answer is larger than 64 MiB"));
}

TEST_CASE("headers without an end are an error") {
  const std::string header = "X: " + std::string(30'000, 'x') + "\r\n";
  std::string head = "HTTP/1.1 200 OK\r\n";
  while (head.size() <= HttpClient::max_head_bytes) head += header;
  const ScriptedHttpServer server([&](const std::string&) { return ScriptedAnswer{head}; });
  HttpOptions options;
  options.url = server.url();
  CHECK(contains(problem(options), "the headers of its answer are larger than 256 KiB"));
}

TEST_CASE("what a sink throws ends the request, whose connection is not used again") {
  class Refusing : public HttpSink {
   public:
    void begin(const HttpHead& /*head*/) override {}
    void receive(std::string_view /*piece*/) override { throw Error("refused"); }
  };
  const ScriptedHttpServer server(
      [](const std::string&) { return http_answer("200 OK", std::string(1'000'000, 'x')); });
  HttpOptions options;
  options.url = server.url("/a?key=hunter2");
  Refusing sink;
  CHECK(problem(options, sink) ==
        "cannot read http://127.0.0.1:" + std::to_string(server.port()) + "/a?***: refused");
}

TEST_CASE("further headers are sent, and one of them may replace what is sent otherwise") {
  const ScriptedHttpServer server([](const std::string&) { return http_answer("200 OK", ""); });
  HttpOptions options;
  options.url = server.url();
  options.headers = {{"X-Scope-OrgID", "shop"}, {"accept", "text/csv"}, {"Authorization", "ApiKey hunter2"}};
  CHECK(problem(options).empty());
  const std::string request = server.requests().at(0);
  CHECK(contains(request, "\r\nX-Scope-OrgID: shop\r\n"));
  CHECK(contains(request, "\r\naccept: text/csv\r\n"));
  CHECK(contains(request, "\r\nAuthorization: ApiKey hunter2\r\n"));
  CHECK_FALSE(contains(request, "Accept: text/plain"));
}

TEST_CASE("a server that asks for a client certificate gets it") {
  const TemporaryDirectory files;
  files.write("document", "hello");
  make_certificate(files, "server", "IP:127.0.0.1");
  make_certificate(files, "client", "DNS:exporter");
  make_certificate(files, "stranger", "DNS:stranger");
  const TlsServer server(files,
                         "-WWW -cert server.cert -key server.key -Verify 1 -CAfile client.cert "
                         "-verify_return_error");
  HttpOptions options = trusting(server.url("document"), files, "server");
  options.cert_file = files.path() / "client.cert";
  options.key_file = files.path() / "client.key";
  Kept kept;
  REQUIRE(eventually([&] { return problem(options, kept).empty(); }, 20s));
  CHECK(kept.body_ == "hello");

  options.cert_file = files.path() / "stranger.cert";
  options.key_file = files.path() / "stranger.key";
  CHECK_FALSE(problem(options).empty());
  options.cert_file = options.key_file = std::nullopt;
  CHECK_FALSE(problem(options).empty());
}

TEST_CASE("a server_name is what TLS asks for and checks, while the request names the URL's host") {
  const TemporaryDirectory files;
  files.write("document", "hello");
  make_certificate(files, "here", "IP:127.0.0.1");
  make_certificate(files, "shop", "DNS:shop.example");
  const std::string certificates =
      "-cert here.cert -key here.key -cert2 shop.cert -key2 shop.key -servername shop.example";
  const TlsServer server(files, "-WWW " + certificates);
  HttpOptions options = trusting(server.url("document"), files, "shop");
  options.server_name = "shop.example";
  Kept kept;
  REQUIRE(eventually([&] { return problem(options, kept).empty(); }, 20s));
  CHECK(kept.body_ == "hello");
  options.server_name.clear();
  CHECK_FALSE(problem(options).empty());

  const TlsServer echo(files, certificates);
  options = trusting(echo.url("document"), files, "shop");
  options.server_name = "shop.example";
  CHECK(eventually(
      [&] {
        problem(options, kept, 200ms);
        return contains(echo.received(), "Host: 127.0.0.1:" + std::to_string(echo.port()) + "\r\n");
      },
      20s));
}

TEST_CASE("with insecure_skip_verify any certificate is accepted") {
  const TemporaryDirectory files;
  files.write("document", "hello");
  make_certificate(files, "other", "DNS:other.example");
  const TlsServer server(files, "-WWW -cert other.cert -key other.key");
  HttpOptions options;
  options.url = server.url("document");
  options.insecure_skip_verify = true;
  REQUIRE(eventually([&] { return problem(options).empty(); }, 20s));
  options.insecure_skip_verify = false;
  CHECK(contains(problem(options), "certificate"));
}
