#include "support/servers/tls_server.hpp"

#include <stdexcept>
#include <vector>

#include "support/servers/free_port.hpp"

namespace dbpool {

void make_certificate(const TemporaryDirectory& directory, const std::string& name,
                      const std::string& subject) {
  const std::string path = (directory.path() / name).string();
  const auto made =
      run_to_end({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                  "-days", "2", "-subj", "/CN=test", "-addext", "subjectAltName=" + subject, "-keyout",
                  path + ".key", "-out", path + ".cert"});
  if (made.exit_code != 0) throw std::runtime_error("openssl req: " + made.error);
}

TlsServer::TlsServer(const TemporaryDirectory& directory, const std::string& arguments)
    : port_(free_port()),
      // Without -WWW the server would end at the end of its input, which a FIFO open for both never has.
      server_({"sh", "-c",
               "cd '" + directory.path().string() +
                   "' && { [ -p in ] || mkfifo in; } && exec openssl s_server -quiet -accept 127.0.0.1:" +
                   std::to_string(port_) + " " + arguments + " <> in"}) {}

}  // namespace dbpool
