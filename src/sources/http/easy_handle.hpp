#pragma once

#include <curl/curl.h>

#include <array>
#include <memory>
#include <string>

#include "sources/http/request.hpp"

namespace dbpool {

/// libcurl's handle for one request, with the request's settings and the lists to which they point.
class EasyHandle {
 public:
  /// throws DriverError (other) for a setting that libcurl refuses.
  explicit EasyHandle(const HttpRequest& request);

  CURL* get() const noexcept { return easy_.get(); }
  /// Returns libcurl's own words for the last error; "" = none.
  const char* words() const noexcept { return words_.data(); }

  template <typename Value>
  void set(CURLoption option, Value value) {
    check(curl_easy_setopt(easy_.get(), option, value));
  }

 private:
  struct FreeList {
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
  };
  struct FreeEasy {
    void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
  };
  using List = std::unique_ptr<curl_slist, FreeList>;

  static void check(CURLcode code);
  static void append(List& list, const std::string& text);

  void set_target(const HttpRequest& request);
  void set_server_name(const HttpRequest& request);
  void set_tls(const HttpTls& tls);
  void set_headers(const HttpRequest& request);
  void set_credentials(const HttpRequest& request);

  List resolved_, headers_, connect_to_;
  std::array<char, CURL_ERROR_SIZE> words_{};
  std::unique_ptr<CURL, FreeEasy> easy_;  // destroyed before what it points to
};

}  // namespace dbpool
