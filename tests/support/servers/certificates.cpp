#include "support/servers/certificates.hpp"

#include <stdexcept>
#include <vector>

namespace dbpool {
namespace {

void run_openssl(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "openssl");
  const Finished finished = run_to_end(arguments);
  if (finished.exit_code != 0) throw std::runtime_error("openssl: " + finished.error);
}

}  // namespace

void Certificates::make_authority(const std::string& name) const {
  run_openssl({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
               "-subj", "/CN=" + name, "-keyout", file(name + ".key"), "-out", file(name + ".pem")});
}

void Certificates::make_signed(const std::string& name, const std::string& authority,
                               const std::string& names, int days) const {
  run_openssl({"req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
               "/CN=" + name, "-keyout", file(name + ".key"), "-out", file(name + ".csr")});
  write(name + ".ext", "subjectAltName=" + names + "\nextendedKeyUsage=serverAuth,clientAuth\n");
  run_openssl({"x509", "-req", "-in", file(name + ".csr"), "-CA", file(authority + ".pem"), "-CAkey",
               file(authority + ".key"), "-CAcreateserial", "-days", std::to_string(days), "-extfile",
               file(name + ".ext"), "-out", file(name + ".pem")});
}

void Certificates::copy(const std::string& from, const std::string& to) const {
  copy_file(from + ".pem", to + ".pem");
  copy_file(from + ".key", to + ".key");
}

}  // namespace dbpool
