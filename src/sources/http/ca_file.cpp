#include "sources/http/ca_file.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <fstream>
#include <memory>
#include <new>
#include <system_error>

namespace dbpool {
namespace {

constexpr std::size_t largest = 16U << 20U;

using BioHandle = std::unique_ptr<BIO, decltype(&BIO_free)>;
using X509Handle = std::unique_ptr<X509, decltype(&X509_free)>;

/// Gives no passphrase. Without this callback OpenSSL would ask at the terminal when a block is marked as
/// encrypted; a certificate never is.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*context*/) {
  return 0;
}

/// Reads the next certificate and skips blocks of other kinds. Returns false at the end or after an error,
/// which is in OpenSSL's queue.
bool read_certificate(BIO* in) {
  const X509Handle read(PEM_read_bio_X509_AUX(in, nullptr, no_passphrase, nullptr), X509_free);
  return read != nullptr;
}

}  // namespace

std::string ca_file_problem(const std::filesystem::path& file) {
  std::error_code ignored;
  // Opening a pipe or a device could block.
  std::ifstream stream;
  if (std::filesystem::is_regular_file(file, ignored)) stream.open(file, std::ios::binary);
  if (!stream.is_open()) return "not a readable file";
  std::string text(largest + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > largest) return "a file that is too large";

  const BioHandle in(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free);
  if (!in) throw std::bad_alloc();
  ERR_clear_error();
  std::size_t found = 0;
  while (read_certificate(in.get())) ++found;
  const bool ended = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!ended) return "a file with a certificate that is malformed or cut off";
  return found > 0 ? "" : "a file without a certificate";
}

}  // namespace dbpool
