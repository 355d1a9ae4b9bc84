#include "tls/client_names.hpp"

#include <arpa/inet.h>
#include <openssl/x509v3.h>

#include <array>
#include <memory>

namespace dbpool {
namespace {

std::string text_of(const ASN1_STRING* string) {
  const auto* const bytes = ::ASN1_STRING_get0_data(string);
  return {bytes, bytes + ::ASN1_STRING_length(string)};
}

std::string address_of(const ASN1_OCTET_STRING* bytes) {
  constexpr int v4 = 4, v6 = 16;
  const int length = ::ASN1_STRING_length(bytes);
  if (length != v4 && length != v6) return "";
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(length == v4 ? AF_INET : AF_INET6, ::ASN1_STRING_get0_data(bytes), text.data(), text.size());
  return text.data();
}

}  // namespace

std::vector<std::string> alternative_names(const x509_st* certificate) {
  const std::unique_ptr<GENERAL_NAMES, void (*)(GENERAL_NAMES*)> names(
      static_cast<GENERAL_NAMES*>(::X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
      ::GENERAL_NAMES_free);
  std::vector<std::string> found;
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    int type = 0;
    const void* const value = ::GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &type);
    if (type == GEN_IPADD) found.push_back(address_of(static_cast<const ASN1_OCTET_STRING*>(value)));
    if (type == GEN_DNS || type == GEN_EMAIL || type == GEN_URI)
      found.push_back(text_of(static_cast<const ASN1_STRING*>(value)));
  }
  return found;
}

}  // namespace dbpool
