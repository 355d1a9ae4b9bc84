#include "tls/shim_libraries.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <filesystem>

#include "dbpool/model/error.hpp"

namespace dbpool {
namespace {

/// Returns the directory of the libraries: that of an installation, or else that of a build tree.
std::filesystem::path shim_directory() {
  const auto program = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  const auto installed = program / DBPOOL_INSTALLED_SHIMS;
  return std::filesystem::exists(installed) ? installed : program / "shims";
}

}  // namespace

void open_shim_libraries() {
  const auto directory = shim_directory();
  for (const char* const name : {"libcrypto.so", "libssl.so"}) {
    const auto file = directory / name;
    if (::dlopen(file.c_str(), RTLD_NOW | RTLD_GLOBAL) == nullptr)
      throw Error(
          fmt::format("prepare TLS: cannot open {}, which is installed with the program", file.string()));
  }
}

}  // namespace dbpool
