# Debian's packages, built by scripts/package, which sets the DBPOOL_DEBIAN_ variables: dbpool-exporter for operators
# and dbpool-dev, the library. Adds to the install rules what only a package installs.

set(packaging ${PROJECT_SOURCE_DIR}/packaging)
set(doc ${CMAKE_INSTALL_DATADIR}/doc)

# The unit names the program that the package installs, and lacks the first line, on where to install it.
file(READ deploy/dbpool_exporter.service unit)
string(REGEX REPLACE "^#[^\n]*\n" "" unit "${unit}")
string(REPLACE /usr/local/bin ${CMAKE_INSTALL_FULL_BINDIR} unit "${unit}")
file(WRITE ${PROJECT_BINARY_DIR}/dbpool_exporter.service "${unit}")

install(FILES ${PROJECT_BINARY_DIR}/dbpool_exporter.service DESTINATION lib/systemd/system COMPONENT exporter)
install(FILES deploy/dbpool_exporter.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
  RENAME dbpool_exporter COMPONENT exporter)
install(FILES packaging/dbpool.yml DESTINATION /etc/dbpool_exporter COMPONENT exporter)
install(DIRECTORY DESTINATION /etc/dbpool_exporter/sources.d COMPONENT exporter)
install(FILES packaging/default DESTINATION /etc/default RENAME dbpool_exporter COMPONENT exporter)
file(CREATE_LINK ../../dbpool_exporter ${PROJECT_BINARY_DIR}/examples SYMBOLIC)
install(FILES ${PROJECT_BINARY_DIR}/examples DESTINATION ${doc}/dbpool-exporter COMPONENT exporter)
install(FILES packaging/lintian_overrides DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides RENAME dbpool-exporter
  COMPONENT exporter)
install(DIRECTORY examples DESTINATION ${doc}/dbpool-dev COMPONENT dev)

# The notices of the libraries that are compiled into the program.
foreach(library libcli11-dev nlohmann-json3-dev libprotozero-dev libspdlog-dev)
  install(FILES /usr/share/doc/${library}/copyright DESTINATION ${doc}/dbpool-exporter RENAME copyright.${library}
    COMPONENT exporter)
endforeach()
foreach(component exporter dev)
  install(FILES packaging/copyright DESTINATION ${doc}/dbpool-${component} COMPONENT ${component})
  install(FILES CHANGELOG.md DESTINATION ${doc}/dbpool-${component} RENAME changelog COMPONENT ${component})
  set(source_name dbpool-${component})
  configure_file(packaging/changelog.in changelog.${component} @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/changelog.${component} DESTINATION ${doc}/dbpool-${component}
    RENAME changelog.Debian COMPONENT ${component})
endforeach()

set(CPACK_GENERATOR DEB)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL exporter dev)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_PACKAGING_INSTALL_PREFIX ${CMAKE_INSTALL_PREFIX})
set(CPACK_STRIP_FILES ON)
set(CPACK_PRE_BUILD_SCRIPTS ${packaging}/finish.cmake)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
string(REGEX REPLACE "^[^-]*-" "" CPACK_DEBIAN_PACKAGE_RELEASE "${DBPOOL_DEBIAN_VERSION}")
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "${DBPOOL_DEBIAN_MAINTAINER}")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_EXPORTER_PACKAGE_NAME dbpool-exporter)
set(CPACK_DEBIAN_EXPORTER_DESCRIPTION "Prometheus exporter for database connection pools
Reports how long callers wait for a connection, who holds one for too long,
and whether the database is there. It opens pools of its own on PostgreSQL,
SQLite and ODBC, and reads those of PgBouncer, Pgpool-II and applications, and
the sessions in pg_stat_activity.
.
Contains the service, alert rules with runbooks, and dashboards.")
set(CPACK_DEBIAN_EXPORTER_PACKAGE_SECTION net)
set(CPACK_DEBIAN_EXPORTER_PACKAGE_SHLIBDEPS ON)
# The unit reloads with the kill of procps.
set(CPACK_DEBIAN_EXPORTER_PACKAGE_DEPENDS "adduser, procps")
set(CPACK_DEBIAN_EXPORTER_PACKAGE_RECOMMENDS ca-certificates)
set(CPACK_DEBIAN_EXPORTER_PACKAGE_SUGGESTS "prometheus, odbc-postgresql")
set(CPACK_DEBIAN_EXPORTER_PACKAGE_CONTROL_EXTRA
  ${packaging}/conffiles ${packaging}/postinst ${packaging}/prerm ${packaging}/postrm)

# What an application links beside the static libraries, as cmake/dbpool-config.cmake.in finds it.
set(CPACK_DEBIAN_DEV_PACKAGE_NAME dbpool-dev)
set(CPACK_DEBIAN_DEV_DESCRIPTION "database connection pool that measures itself, for C++ (development files)
A pool of PostgreSQL, SQLite and ODBC connections. The waiting times of its
callers, their leaks and errors are metrics for Prometheus.
.
Contains static libraries, headers and a package for CMake's find_package.")
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS
  "libpq-dev, libpqxx-dev, libsqlite3-dev, pkgconf, prometheus-cpp-dev, unixodbc-dev")

include(CPack)
