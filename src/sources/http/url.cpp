#include "sources/http/url.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <memory>
#include <new>

#include "dbpool/model/error.hpp"
#include "model/blank_ends.hpp"
#include "model/stray_password.hpp"

namespace dbpool {
namespace {

using UrlHandle = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

UrlHandle new_handle() {
  UrlHandle handle(curl_url(), curl_url_cleanup);
  if (!handle) throw std::bad_alloc();
  return handle;
}

void set(const UrlHandle& handle, CURLUPart part, const char* text) {
  const CURLUcode code = curl_url_set(handle.get(), part, text, 0);
  if (code == CURLUE_OK) return;
  throw Error(std::string("not a URL of the form http://host:port/path: ") + curl_url_strerror(code));
}

/// Returns a part of the URL; "" when a user, password or query is absent.
std::string get(const UrlHandle& handle, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  const CURLUcode code = curl_url_get(handle.get(), part, &text, flags);
  const std::unique_ptr<char, decltype(&curl_free)> owned(text, curl_free);
  if (code == CURLUE_OK) return text;
  const bool absent = code == CURLUE_NO_USER || code == CURLUE_NO_PASSWORD || code == CURLUE_NO_QUERY;
  if (absent) return "";
  throw Error(std::string("not a usable URL: ") + curl_url_strerror(code));
}

HttpUrl take_apart(const UrlHandle& handle) {
  HttpUrl url;
  url.scheme = get(handle, CURLUPART_SCHEME);
  url.host = get(handle, CURLUPART_HOST);
  url.port = get(handle, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  url.username = get(handle, CURLUPART_USER, CURLU_URLDECODE);
  url.password = get(handle, CURLUPART_PASSWORD, CURLU_URLDECODE);
  for (const CURLUPart hidden : {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_FRAGMENT}) {
    set(handle, hidden, nullptr);
  }
  url.url = get(handle, CURLUPART_URL);
  const bool has_query = !get(handle, CURLUPART_QUERY).empty();
  set(handle, CURLUPART_QUERY, nullptr);
  url.shown = get(handle, CURLUPART_URL) + (has_query ? "?***" : "");
  if (url.scheme != "http" && url.scheme != "https") throw Error("its scheme is neither http nor https");
  return url;
}

}  // namespace

HttpUrl read_http_url(const std::string& written) {
  const std::string text(without_blank_ends(written));
  const auto plain = [](unsigned char c) { return c > ' ' && c < 0x7F; };
  if (!std::ranges::all_of(text, plain)) throw Error("a URL holds printable ASCII only");
  if (const std::string problem = stray_password_in_url(text); !problem.empty()) throw Error(problem);
  const UrlHandle handle = new_handle();
  set(handle, CURLUPART_URL, text.c_str());
  return take_apart(handle);
}

HttpUrl resolve_http_url(const HttpUrl& base, const std::string& reference) {
  const UrlHandle handle = new_handle();
  set(handle, CURLUPART_URL, base.url.c_str());
  if (!reference.empty()) set(handle, CURLUPART_URL, reference.c_str());
  HttpUrl url = take_apart(handle);
  if (url.scheme != base.scheme || url.host != base.host || url.port != base.port || !url.username.empty()) {
    throw Error("it leads to another server");
  }
  url.username = base.username;
  url.password = base.password;
  return url;
}

std::string url_with_host(const HttpUrl& url, const std::string& host) {
  const UrlHandle handle = new_handle();
  set(handle, CURLUPART_URL, url.url.c_str());
  set(handle, CURLUPART_HOST, host.c_str());
  return get(handle, CURLUPART_URL);
}

std::string http_url_at(const std::string& written, const std::string& host, const std::string& port) {
  const UrlHandle handle = new_handle();
  const bool is_v6 = host.find(':') != std::string::npos;
  set(handle, CURLUPART_URL, std::string(without_blank_ends(written)).c_str());
  set(handle, CURLUPART_HOST, (is_v6 ? "[" + host + "]" : host).c_str());
  set(handle, CURLUPART_PORT, port.c_str());
  return get(handle, CURLUPART_URL);
}

std::string http_url_problem(const std::string& text) {
  try {
    read_http_url(text);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace dbpool
