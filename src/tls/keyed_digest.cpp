#include "tls/keyed_digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <string>

#include "dbpool/model/error.hpp"

namespace dbpool {

KeyedDigest::KeyedDigest() {
  if (::RAND_bytes(key_.data(), static_cast<int>(key_.size())) != 1)
    throw Error("make a random key: OpenSSL has no random numbers");
}

KeyedDigest::Value KeyedDigest::of(std::span<const std::string_view> texts) const {
  std::string all;
  for (const std::string_view text : texts) all.append(std::to_string(text.size())).append(":").append(text);
  Value digest{};
  unsigned length = size;
  const auto* const bytes = reinterpret_cast<const unsigned char*>(all.data());
  const auto* const made = ::HMAC(::EVP_sha256(), key_.data(), static_cast<int>(key_.size()), bytes,
                                  all.size(), digest.data(), &length);
  ::OPENSSL_cleanse(all.data(), all.size());
  if (made == nullptr) throw Error("make a digest: OpenSSL refuses it");
  return digest;
}

}  // namespace dbpool
