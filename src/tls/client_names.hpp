#pragma once

#include <string>
#include <vector>

struct x509_st;

namespace dbpool {

/// Returns the subject alternative names of a certificate: DNS names, e-mail addresses, URIs and IP
/// addresses, as they are written.
std::vector<std::string> alternative_names(const x509_st* certificate);

}  // namespace dbpool
