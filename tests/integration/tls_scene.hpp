#pragma once

#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/eventually.hpp"
#include "support/servers/certificates.hpp"
#include "support/servers/exporter_process.hpp"

namespace dbpool::tls {

/// Of the password "secret".
inline const std::string hash_of_secret = "$2y$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";

/// What curl got.
struct CurlAnswer {
  int status = 0;  ///< 0: no answer
  std::string text, error;
};

/// Sends a request with the program curl.
inline CurlAnswer curl(std::vector<std::string> arguments) {
  std::vector<std::string> command{"curl", "-sS", "--max-time", "5", "-w", "\n%{http_code}"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  const Finished finished = run_to_end(command);
  const auto last_line = finished.output.rfind('\n');
  return {std::atoi(finished.output.c_str() + last_line + 1), finished.output.substr(0, last_line),
          finished.error};
}

/// Certificates of a server and of clients, and an exporter with the web configuration `live.yml` beside
/// them.
class Scene {
 public:
  /// `web`: the web configuration; its files are relative to the certificates.
  explicit Scene(const std::string& web, std::vector<std::string> flags = {}) {
    certificates.make_authority("ca");
    certificates.make_signed("server", "ca", "DNS:localhost,IP:127.0.0.1,IP:::1");
    certificates.copy("server", "live");
    certificates.copy_file("ca.pem", "live-ca.pem");
    configure(web);
    flags.push_back("--web.config.file=" + certificates.file("live.yml").string());
    exporter.emplace(ExporterSetup{.flags = std::move(flags)});
  }

  void configure(const std::string& web) const { certificates.write("live.yml", web); }

  std::string url(const std::string& path = "/-/healthy") const {
    return "https://localhost:" + std::to_string(exporter->port()) + path;
  }

  /// Asks with further arguments of curl.
  CurlAnswer ask(std::vector<std::string> further = {}, const std::string& path = "/-/healthy") const {
    further.insert(further.end(), {"--cacert", certificates.file("ca.pem"), url(path)});
    return curl(std::move(further));
  }
  /// The same, with a client's certificate.
  CurlAnswer ask_as(const std::string& client, std::vector<std::string> further = {},
                    const std::string& path = "/-/healthy") const {
    further.insert(further.end(), {"--cert", certificates.file(client + ".pem"), "--key",
                                   certificates.file(client + ".key")});
    return ask(std::move(further), path);
  }

  Certificates certificates;
  std::optional<ExporterProcess> exporter;
};

inline const std::string server_keys = R"(
tls_server_config:
  cert_file: live.pem
  key_file: live.key
)";

}  // namespace dbpool::tls
