// Any text is either a web configuration that asks of clients what it says, or is refused with problems that
// list the allowed values.
#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <string>

#include "config/config.hpp"
#include "config/web_file.hpp"
#include "fuzz_target.hpp"
#include "support/self_signed.hpp"
#include "tls/tls_door.hpp"
#include "web/bcrypt.hpp"

using namespace dbpool;
using test::require;

namespace {

constexpr auto none = std::string::npos;

/// A piece of a key in PEM format, of its second line of base64: the first begins alike in all keys.
std::string piece_of(const std::string& key) {
  constexpr std::size_t length = 16;
  const auto first_line = key.find('\n') + 1;
  return key.substr(key.find('\n', first_line) + 1, length);
}

void check_tls(const TlsSettings& settings, const std::string& text) {
  static const TlsDoor door([]() -> std::shared_ptr<const TlsSettings> { return nullptr; });
  const std::unique_ptr<SSL, void (*)(SSL*)> connection(::SSL_new(door.context()), ::SSL_free);
  settings.apply_to(connection.get());
  require(::SSL_check_private_key(connection.get()) == 1, "the key fits the certificate", text);
  const bool asks = ::SSL_get_verify_mode(connection.get()) != SSL_VERIFY_NONE;
  require(asks == (settings.client_auth() != ClientAuth::none),
          "a client is asked for a certificate where that is configured", text);
}

void check_accepted(const WebConfig& config, const std::string& text) {
  for (const auto& [name, hash] : config.users) {
    require(!name.empty() && name.find(':') == none, "a login can hold the name of a user", text);
    require(is_bcrypt(hash), "a password is compared with a hash of a bounded cost", text);
  }
  for (const Header& header : config.headers) {
    require(!header.name.empty() && (header.name + header.value).find_first_of("\r\n") == none,
            "a header is one line", text);
  }
  const auto& [interval, burst] = config.rate_limit;
  require(interval == std::chrono::nanoseconds::zero() || (interval.count() > 0 && burst > 0),
          "a rate limit lets requests pass", text);
  if (config.tls) check_tls(*config.tls, text);
}

void check_refused(const ConfigError& error, const std::string& text, const std::string& secret) {
  require(!error.problems().empty(), "a refusal says why", text);
  for (const std::string& problem : error.problems()) {
    require(problem.starts_with("/nowhere/x.yml:"), "a problem says where", problem);
    const bool says_allowed = problem.find("llowed") != none || problem.find("available") != none ||
                              problem.find("expected") != none;
    require(says_allowed, "a problem says what is allowed", problem);
    // libFuzzer may learn the secret from comparisons, and write it into a text.
    require(problem.find(secret) == none || text.find(secret) != none, "no secret in a problem", problem);
  }
}

}  // namespace

/// Input: the file. Its variables CERT and KEY are a pair, and OTHER is the key of another certificate.
int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const test::KeyPair pair = test::self_signed("localhost"), other = test::self_signed("other");
  static const Environment environment{{"CERT", pair.certificate}, {"KEY", pair.key}, {"OTHER", other.key}};
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  try {
    check_accepted(parse_web_config(text, "/nowhere/x.yml", environment), text);
  } catch (const ConfigError& error) {
    check_refused(error, text, piece_of(pair.key));
    check_refused(error, text, piece_of(other.key));
  }
  return 0;
}
