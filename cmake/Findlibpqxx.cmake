# Finds libpqxx 6.4 or later by pkg-config, because Debian's packages bring no CMake package. Defines the target
# PkgConfig::libpqxx.
find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
  pkg_check_modules(libpqxx QUIET IMPORTED_TARGET libpqxx>=6.4)
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(libpqxx REQUIRED_VARS libpqxx_LINK_LIBRARIES VERSION_VAR libpqxx_VERSION)
