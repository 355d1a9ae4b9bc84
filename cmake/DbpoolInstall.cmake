# Install rules: the exporter, libdbpool, its headers, a package for find_package(dbpool), and the files for
# operators: alert rules with runbooks and tests, the dashboard, a systemd unit, a Prometheus configuration.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/dbpool)

install(TARGETS dbpool_exporter RUNTIME)
install(TARGETS dbpool EXPORT dbpool ARCHIVE)
install(DIRECTORY include/dbpool TYPE INCLUDE)
install(DIRECTORY alerts grafana deploy DESTINATION ${CMAKE_INSTALL_DATADIR}/dbpool_exporter)
install(EXPORT dbpool NAMESPACE dbpool:: FILE dbpool-targets.cmake DESTINATION ${package_dir})

configure_package_config_file(cmake/dbpool-config.cmake.in dbpool-config.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(dbpool-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/dbpool-config.cmake ${PROJECT_BINARY_DIR}/dbpool-config-version.cmake
  DESTINATION ${package_dir})
