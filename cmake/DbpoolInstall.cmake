# Install rules: libdbpool's components, their headers and a package for find_package(dbpool); the exporter, and
# the files for operators: alert rules with runbooks and tests, the dashboard, a systemd unit, a Prometheus
# configuration. Each component here is one of DbpoolPackages.cmake's packages.
include(CMakePackageConfigHelpers)

set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME dev)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/dbpool)

# Each component has its own file of targets, so that loading one needs no other's vendor library.
get_property(components GLOBAL PROPERTY DBPOOL_COMPONENTS)
foreach(component IN LISTS components)
  install(TARGETS dbpool_${component} EXPORT dbpool-${component} ARCHIVE)
  install(EXPORT dbpool-${component} NAMESPACE dbpool:: FILE dbpool-${component}-targets.cmake
    DESTINATION ${package_dir})
  if(EXISTS ${PROJECT_SOURCE_DIR}/include/dbpool/drivers/${component}.hpp)
    install(FILES include/dbpool/drivers/${component}.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/dbpool/drivers)
  endif()
endforeach()
install(DIRECTORY include/dbpool TYPE INCLUDE PATTERN drivers EXCLUDE PATTERN exposition EXCLUDE)
if(DBPOOL_WITH_PROMETHEUS)
  install(DIRECTORY include/dbpool/exposition DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/dbpool)
endif()

configure_package_config_file(cmake/dbpool-config.cmake.in dbpool-config.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(dbpool-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/dbpool-config.cmake ${PROJECT_BINARY_DIR}/dbpool-config-version.cmake
  DESTINATION ${package_dir})
if(DBPOOL_WITH_PQXX)
  install(FILES cmake/Findlibpqxx.cmake DESTINATION ${package_dir})
endif()

if(DBPOOL_EXPORTER)
  set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME exporter)
  install(TARGETS dbpool_exporter RUNTIME)
  install(DIRECTORY alerts grafana deploy DESTINATION ${CMAKE_INSTALL_DATADIR}/dbpool_exporter USE_SOURCE_PERMISSIONS)
  install(FILES docs/man/dbpool_exporter.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  install(FILES docs/man/dbpool.yml.5 DESTINATION ${CMAKE_INSTALL_MANDIR}/man5)
endif()
