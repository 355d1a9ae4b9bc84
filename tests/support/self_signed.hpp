#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace dbpool::test {

/// A certificate and its key, each a text in PEM format.
struct KeyPair {
  std::string certificate, key;
};

/// Returns what `write` writes.
template <typename Write>
std::string written_by(const Write& write) {
  const std::unique_ptr<BIO, int (*)(BIO*)> bio(::BIO_new(::BIO_s_mem()), ::BIO_free);
  write(bio.get());
  std::string text(::BIO_ctrl_pending(bio.get()), '\0');
  text.resize(static_cast<std::size_t>(::BIO_read(bio.get(), text.data(), static_cast<int>(text.size()))));
  return text;
}

/// Makes a certificate that is valid for a day, in this process, with `name` as its common name.
inline KeyPair self_signed(const std::string& name) {
  constexpr long day = 86'400;
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(
      ::EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), ::EVP_PKEY_free);
  const std::unique_ptr<X509, void (*)(X509*)> certificate(::X509_new(), ::X509_free);
  ::X509_gmtime_adj(::X509_getm_notBefore(certificate.get()), -day);
  ::X509_gmtime_adj(::X509_getm_notAfter(certificate.get()), day);
  ::X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* const subject = ::X509_get_subject_name(certificate.get());
  ::X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  ::X509_set_issuer_name(certificate.get(), subject);
  ::X509_sign(certificate.get(), key.get(), ::EVP_sha256());
  return {written_by([&](BIO* bio) { ::PEM_write_bio_X509(bio, certificate.get()); }),
          written_by([&](BIO* bio) {
            ::PEM_write_bio_PKCS8PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          })};
}

}  // namespace dbpool::test
