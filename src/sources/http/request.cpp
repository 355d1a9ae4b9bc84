#include "sources/http/request.hpp"

#include <optional>

#include "dbpool/model/error.hpp"
#include "model/secret_file.hpp"

namespace dbpool {
namespace {

std::string text_of(const std::optional<std::filesystem::path>& file) {
  return file ? file->string() : "";
}

std::string credential(const std::optional<std::filesystem::path>& file) {
  if (!file) return "";
  // The option may hold the secret itself instead of a file's name.
  const bool is_path = file->is_absolute() || file->string().starts_with('.');
  return read_credential(*file,
                         is_path ? file->string() : "a credential's file (no absolute path, so not shown)");
}

}  // namespace

HttpRequest http_request(const HttpOptions& options, const HttpUrl& url, const HttpDocument& document) {
  HttpRequest request{url, document};
  request.username = options.username.empty() ? url.username : options.username;
  request.password = options.password_file ? credential(options.password_file) : url.password;
  request.bearer = credential(options.bearer_file);
  request.headers = options.headers;
  request.tls = {text_of(options.ca_file), text_of(options.cert_file), text_of(options.key_file),
                 options.server_name, !options.insecure_skip_verify};
  return request;
}

std::string read_credential(const std::filesystem::path& file, const std::string& shown) {
  std::string text = read_secret_file(file, shown);
  if (text.find_first_of(std::string("\r\n\0", 3)) != std::string::npos) {
    throw Error("reading " + shown + ": it has more than one line");
  }
  return text;
}

}  // namespace dbpool
