#include "sources/http/easy_handle.hpp"

#include <algorithm>
#include <new>
#include <vector>

#include "dbpool/model/error.hpp"

namespace dbpool {
namespace {

/// Returns the addresses of a host in the form of CURLOPT_RESOLVE, so that libcurl does not look them up.
std::string resolved(const HttpUrl& url, const std::vector<std::string>& addresses) {
  std::string entry = url.host + ":" + url.port + ":";
  const char* separator = "";
  for (const std::string& address : addresses) {
    const bool is_v6 = address.find(':') != std::string::npos;
    entry.append(separator).append(is_v6 ? "[" + address + "]" : address);
    separator = ",";
  }
  return entry;
}

int refuse_to_resolve(void*, void*, void*) {
  return 1;
}

bool has_header(const std::vector<HttpHeader>& headers, std::string_view name) {
  return std::ranges::any_of(headers, [name](const auto& one) { return is_same_header(one.name, name); });
}

/// Returns the host as a request names it: with its port, unless the scheme implies it.
std::string authority(const HttpUrl& url) {
  const bool is_implied = url.port == (url.scheme == "https" ? "443" : "80");
  return is_implied ? url.host : url.host + ":" + url.port;
}

}  // namespace

EasyHandle::EasyHandle(const HttpRequest& request) : easy_(curl_easy_init()) {
  if (easy_ == nullptr) throw std::bad_alloc();
  set(CURLOPT_ERRORBUFFER, words_.data());
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_ACCEPT_ENCODING, "gzip");
  set(CURLOPT_HTTP_CONTENT_DECODING, 0L);  // libcurl would not notice a gzip stream without its end
  set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(request.document.max_bytes));
  set_target(request);
  set_tls(request.tls);
  set_headers(request);
  set_credentials(request);
}

void EasyHandle::set_target(const HttpRequest& request) {
  set(CURLOPT_URL, request.url.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_PROXY, "");  // otherwise libcurl would look up a proxy's name on its own threads
  if (!request.tls.server_name.empty() && request.url.scheme == "https") set_server_name(request);
  if (request.addresses.empty()) return;
  append(resolved_, resolved(request.url, request.addresses));
  set(CURLOPT_RESOLVE, resolved_.get());
  set(CURLOPT_RESOLVER_START_FUNCTION, refuse_to_resolve);
}

/// libcurl takes the name for TLS from the URL. So the URL has that name, and the host is where to connect.
void EasyHandle::set_server_name(const HttpRequest& request) {
  set(CURLOPT_URL, url_with_host(request.url, request.tls.server_name).c_str());
  append(connect_to_, "::" + request.url.host + ":" + request.url.port);
  set(CURLOPT_CONNECT_TO, connect_to_.get());
  if (!has_header(request.headers, "Host")) append(headers_, "Host: " + authority(request.url));
}

void EasyHandle::set_tls(const HttpTls& tls) {
  set(CURLOPT_SSL_VERIFYPEER, tls.verifies ? 1L : 0L);
  set(CURLOPT_SSL_VERIFYHOST, tls.verifies ? 2L : 0L);
  if (!tls.ca_file.empty()) {
    set(CURLOPT_CAINFO, tls.ca_file.c_str());
    set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
    set(CURLOPT_CA_CACHE_TIMEOUT, 0L);  // the next connect reads a renewed file
  }
  if (tls.cert_file.empty()) return;
  set(CURLOPT_SSLCERT, tls.cert_file.c_str());
  set(CURLOPT_SSLKEY, tls.key_file.c_str());
  set(CURLOPT_KEYPASSWD, "");  // otherwise OpenSSL would ask for one at the terminal
}

void EasyHandle::set_headers(const HttpRequest& request) {
  if (!has_header(request.headers, "Accept"))
    append(headers_, "Accept: " + std::string(request.document.accept));
  for (const HttpHeader& header : request.headers) append(headers_, header.name + ": " + header.value);
  set(CURLOPT_HTTPHEADER, headers_.get());
}

void EasyHandle::set_credentials(const HttpRequest& request) {
  set(CURLOPT_USERAGENT, "dbpool_exporter");
  if (!request.bearer.empty()) {
    set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BEARER));
    set(CURLOPT_XOAUTH2_BEARER, request.bearer.c_str());
  } else if (!request.username.empty() || !request.password.empty()) {
    set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    set(CURLOPT_USERNAME, request.username.c_str());
    set(CURLOPT_PASSWORD, request.password.c_str());
  }
}

void EasyHandle::check(CURLcode code) {
  if (code != CURLE_OK) throw DriverError(ErrorKind::other, curl_easy_strerror(code));
}

void EasyHandle::append(List& list, const std::string& text) {
  curl_slist* const longer = curl_slist_append(list.get(), text.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  if (list == nullptr) list.reset(longer);  // otherwise the head has stayed the same
}

}  // namespace dbpool
