# CPack runs this when the files of both packages are in place: leaves out what the package has elsewhere, and compresses
# and names as Debian's policy demands.
set(exporter ${CPACK_TEMPORARY_DIRECTORY}/exporter/usr/share)
file(REMOVE ${exporter}/dbpool_exporter/deploy/dbpool_exporter.service
  ${exporter}/dbpool_exporter/deploy/dbpool_exporter.bash)
file(GLOB_RECURSE pages ${exporter}/man/*)
file(GLOB changelogs ${CPACK_TEMPORARY_DIRECTORY}/*/usr/share/doc/*/changelog*)
execute_process(COMMAND gzip -9n ${pages} ${changelogs} COMMAND_ERROR_IS_FATAL ANY)
# The modes of a checkout depend on the umask.
execute_process(COMMAND chmod -R u=rwX,go=rX ${CPACK_TEMPORARY_DIRECTORY} COMMAND_ERROR_IS_FATAL ANY)
