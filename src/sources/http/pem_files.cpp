#include "sources/http/pem_files.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
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
using CertificateHandle = std::unique_ptr<X509, decltype(&X509_free)>;
using KeyHandle = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

/// Gives no passphrase. Without this callback OpenSSL would ask at the terminal when a block is marked as
/// encrypted.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*context*/) {
  return 0;
}

/// The content of a file, for OpenSSL to read. Clears its queue of errors at both ends.
class PemText {
 public:
  explicit PemText(const std::filesystem::path& file) {
    ERR_clear_error();
    std::error_code ignored;
    // Opening a pipe or a device could block.
    std::ifstream stream;
    if (std::filesystem::is_regular_file(file, ignored)) stream.open(file, std::ios::binary);
    if (!stream.is_open()) {
      problem_ = "not a readable file";
      return;
    }
    text_.resize(largest + 1);
    stream.read(text_.data(), static_cast<std::streamsize>(text_.size()));
    text_.resize(static_cast<std::size_t>(stream.gcount()));
    if (text_.size() > largest) problem_ = "a file that is too large";
    bio_.reset(BIO_new_mem_buf(text_.data(), static_cast<int>(text_.size())));
    if (!bio_) throw std::bad_alloc();
  }
  PemText(const PemText&) = delete;
  PemText& operator=(const PemText&) = delete;
  ~PemText() { ERR_clear_error(); }

  /// Describes why the file cannot be read; "" = it can.
  const std::string& problem() const noexcept { return problem_; }

  /// Reads the next certificate and skips blocks of other kinds. nullptr at the end or after an error.
  CertificateHandle next_certificate() const {
    return {PEM_read_bio_X509_AUX(bio_.get(), nullptr, no_passphrase, nullptr), X509_free};
  }
  /// Reads the first private key and skips blocks of other kinds. nullptr = none can be read.
  KeyHandle private_key() const {
    return {PEM_read_bio_PrivateKey(bio_.get(), nullptr, no_passphrase, nullptr), EVP_PKEY_free};
  }

 private:
  std::string problem_, text_;
  BioHandle bio_{nullptr, BIO_free};
};

}  // namespace

std::string certificates_problem(const std::filesystem::path& file) {
  const PemText pem(file);
  if (!pem.problem().empty()) return pem.problem();
  std::size_t found = 0;
  while (pem.next_certificate() != nullptr) ++found;
  const bool ended = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  if (!ended) return "a file with a certificate that is malformed or cut off";
  return found > 0 ? "" : "a file without a certificate";
}

std::string private_key_problem(const std::filesystem::path& file) {
  const PemText pem(file);
  if (!pem.problem().empty()) return pem.problem();
  return pem.private_key() != nullptr ? "" : "a file without a private key that can be read";
}

std::string key_pair_problem(const std::filesystem::path& certificates, const std::filesystem::path& key) {
  const CertificateHandle first = PemText(certificates).next_certificate();
  const KeyHandle its_key = PemText(key).private_key();
  const bool fits = first && its_key && X509_check_private_key(first.get(), its_key.get()) == 1;
  ERR_clear_error();
  return fits ? "" : "a key that does not belong to the certificate";
}

}  // namespace dbpool
