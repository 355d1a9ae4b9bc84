#include "cli/ask.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <array>
#include <fstream>
#include <memory>
#include <new>
#include <string_view>
#include <system_error>

#include "cli/no_answer.hpp"
#include "cli/terminal_text.hpp"
#include "model/secret_file.hpp"

namespace dbpool {
namespace {

constexpr long connect_milliseconds = 5'000, answer_milliseconds = 10'000;
constexpr std::size_t most_bytes = std::size_t{16} << 20U;
constexpr std::string_view unix_scheme = "unix:";

/// One request on libcurl.
class Request {
 public:
  explicit Request(const ClientOptions& options) : easy_(curl_easy_init()) {
    if (easy_ == nullptr) throw std::bad_alloc();
    set(CURLOPT_ERRORBUFFER, words_.data());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_PROXY, "");
    set(CURLOPT_USERAGENT, "dbpool_exporter");
    set(CURLOPT_CONNECTTIMEOUT_MS, connect_milliseconds);
    set(CURLOPT_TIMEOUT_MS, answer_milliseconds);
    set(CURLOPT_WRITEFUNCTION, on_body);
    set(CURLOPT_WRITEDATA, &body_);
    set_tls(options);
    if (options.user.empty()) return;
    set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    set(CURLOPT_USERNAME, options.user.c_str());
    const std::string shown = fmt::format("--password-file \"{}\"", options.password_file.string());
    set(CURLOPT_PASSWORD, read_secret_file(options.password_file, shown).c_str());
  }

  CURLcode send(const ClientOptions& options, const std::string& path) {
    if (options.url.starts_with(unix_scheme)) {
      set(CURLOPT_UNIX_SOCKET_PATH, options.url.substr(unix_scheme.size()).c_str());
      set(CURLOPT_URL, ((options.uses_tls() ? "https://localhost" : "http://localhost") + path).c_str());
    } else {
      set(CURLOPT_URL, (options.url + path).c_str());
    }
    return curl_easy_perform(easy_.get());
  }

  Answer answer() {
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    return {status, std::move(body_)};
  }

  /// Describes the error of `send`.
  std::string words(CURLcode code) const {
    if (code == CURLE_WRITE_ERROR) return "its answer is larger than 16 MiB";
    long os_error = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_OS_ERRNO, &os_error);
    if (code == CURLE_COULDNT_CONNECT && os_error != 0)
      return std::generic_category().message(static_cast<int>(os_error));
    return words_[0] == '\0' ? curl_easy_strerror(code) : words_.data();
  }

 private:
  struct FreeEasy {
    void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
  };

  template <typename Value>
  void set(CURLoption option, Value value) {
    const CURLcode code = curl_easy_setopt(easy_.get(), option, value);
    if (code != CURLE_OK) throw NoAnswer(curl_easy_strerror(code));
  }

  void set_file(CURLoption option, const std::filesystem::path& file, std::string_view flag) {
    if (file.empty()) return;
    if (!std::ifstream(file).is_open())
      throw Error(fmt::format("{}: cannot read \"{}\"", flag, printable(file.string())));
    set(option, file.c_str());
  }

  void set_tls(const ClientOptions& options) {
    set_file(CURLOPT_CAINFO, options.ca_file, "--ca-file");
    set_file(CURLOPT_SSLCERT, options.cert_file, "--cert-file");
    set_file(CURLOPT_SSLKEY, options.key_file, "--key-file");
    set(CURLOPT_KEYPASSWD, "");  // otherwise OpenSSL would ask for one at the terminal
  }

  static std::size_t on_body(const char* bytes, std::size_t size, std::size_t count, void* body) {
    auto& text = *static_cast<std::string*>(body);
    if (text.size() + size * count > most_bytes) return 0;
    text.append(bytes, size * count);
    return size * count;
  }

  std::array<char, CURL_ERROR_SIZE> words_{};
  std::string body_;
  std::unique_ptr<CURL, FreeEasy> easy_;  // destroyed before what it points to
};

/// Returns what to check after this error.
std::string_view advice(CURLcode code, bool uses_tls) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return "Check the host name in --url (or DBPOOL_URL).";
    case CURLE_COULDNT_CONNECT:
      return "Check that the exporter runs and where it listens (its log says \"listening\"); give its "
             "address with --url or DBPOOL_URL.";
    case CURLE_OPERATION_TIMEDOUT:
      return "Check that the host is up and that no firewall drops the packets.";
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return "Give the file with the certificate authority of the exporter's certificate with --ca-file, and "
             "a host name that the certificate has with --url.";
    case CURLE_SSL_CERTPROBLEM:
      return "Check --cert-file and --key-file: PEM, the key unencrypted and that of the certificate.";
    case CURLE_SSL_CONNECT_ERROR:
      return "The exporter may listen without TLS: try http:// in --url, or a socket without --ca-file.";
    default:
      return uses_tls
                 ? "The exporter may ask for a client certificate: see --cert-file and --key-file."
                 : "The exporter may listen with TLS: try https:// in --url, or --ca-file with a socket.";
  }
}

}  // namespace

Answer ask(const ClientOptions& options, const std::string& path) {
  Request request(options);
  const CURLcode code = request.send(options, path);
  if (code == CURLE_OK) return request.answer();
  throw NoAnswer(fmt::format("no answer from {}: {}", printable(options.url), printable(request.words(code))),
                 advice(code, options.uses_tls()));
}

std::string percent_encoded(const std::string& name) {
  const std::unique_ptr<char, decltype(&curl_free)> encoded(
      curl_easy_escape(nullptr, name.data(), static_cast<int>(name.size())), curl_free);
  if (encoded == nullptr) throw std::bad_alloc();
  return encoded.get();
}

}  // namespace dbpool
