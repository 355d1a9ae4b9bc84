# Compiler settings of every target, and functions for components, rooms and tests. A component is a static
# library that applications link. A room is a static library for one folder of src. Both link only to what they
# may include; tests/contract/include_rules_test.cpp checks it.
find_package(Threads REQUIRED)

add_library(dbpool_settings INTERFACE)
target_compile_options(dbpool_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # g++ 12 warns falsely of an overlapping copy in std::string concatenation (GCC bug 105651).
  target_compile_options(dbpool_settings INTERFACE -Wno-restrict)
endif()
if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  # A unity build includes the sources, and g++ takes their unnamed namespaces for those of headers.
  target_compile_options(dbpool_settings INTERFACE -Wno-subobject-linkage)
endif()
if(DBPOOL_WERROR)
  target_compile_options(dbpool_settings INTERFACE -Werror)
endif()
if(DBPOOL_SANITIZE)
  target_compile_options(dbpool_settings INTERFACE -fsanitize=${DBPOOL_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(dbpool_settings INTERFACE -fsanitize=${DBPOOL_SANITIZE})
  # With sanitizers, g++ warns falsely of uninitialized members in std::regex and other types.
  target_compile_options(dbpool_settings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  if(DBPOOL_SANITIZE MATCHES undefined)
    target_compile_options(dbpool_settings INTERFACE -fno-sanitize-recover=all)
  endif()
endif()

find_program(CCACHE ccache)
if(CCACHE)
  # Leaves the build directory out of the hash, so that preset tidy finds the objects of preset dev.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_NOHASHDIR=1 ${CCACHE})
endif()
if(DBPOOL_TIDY)
  set(CMAKE_CXX_CLANG_TIDY ${PROJECT_SOURCE_DIR}/scripts/tidy_source --quiet)
  # clang-tidy needs no object files. The preprocessor alone still finds what each depends on.
  set(CMAKE_CXX_COMPILE_OBJECT "<CMAKE_CXX_COMPILER> <DEFINES> <INCLUDES> <FLAGS> -E -o <OBJECT> <SOURCE>")
  set(CMAKE_CXX_CREATE_STATIC_LIBRARY "<CMAKE_COMMAND> -E touch <TARGET>")
  set(CMAKE_CXX_CREATE_SHARED_LIBRARY "<CMAKE_COMMAND> -E touch <TARGET>")
  set(CMAKE_CXX_LINK_EXECUTABLE "<CMAKE_COMMAND> -E touch <TARGET>")
endif()

# dbpool_component(NAME source... [LINK library...] [VENDOR library...]): dbpool::NAME for applications. Its
# headers do not include those of its vendor's library.
function(dbpool_component name)
  cmake_parse_arguments(ARG "" "" "LINK;VENDOR" ${ARGN})
  add_library(dbpool_${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  set_property(GLOBAL APPEND PROPERTY DBPOOL_COMPONENTS ${name})
  set_target_properties(dbpool_${name} PROPERTIES EXPORT_NAME ${name})
  target_include_directories(dbpool_${name}
    PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
    PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_compile_features(dbpool_${name} PUBLIC cxx_std_20)
  target_link_libraries(dbpool_${name} PUBLIC ${ARG_LINK} PRIVATE ${ARG_VENDOR} $<BUILD_INTERFACE:dbpool_settings>)
endfunction()

# dbpool_apart(source...): sources that a unity build compiles apart, because they use the same short names as their
# neighbours.
function(dbpool_apart)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# dbpool_room(NAME source... [LINK library...])
function(dbpool_room name)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  add_library(dbpool_${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  set_property(GLOBAL APPEND PROPERTY DBPOOL_ROOMS ${name})
  target_include_directories(dbpool_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(dbpool_${name} PUBLIC ${ARG_LINK} PRIVATE dbpool_settings)
endfunction()

# dbpool_test(NAME LABEL source... [LINK library...]): one executable and its CTest entry. The target
# `<LABEL>_programs` builds all tests with the label. Tests get more time under a sanitizer.
function(dbpool_test name label)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  set_property(GLOBAL APPEND PROPERTY DBPOOL_PROGRAMS ${name})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(${name} PRIVATE dbpool_test_main ${ARG_LINK} dbpool_settings)
  if(NOT TARGET ${label}_programs)
    add_custom_target(${label}_programs)
  endif()
  add_dependencies(${label}_programs ${name})
  add_test(NAME ${name} COMMAND ${DBPOOL_TEST_LAUNCHER} $<TARGET_FILE:${name}>)
  set_tests_properties(${name} PROPERTIES LABELS ${label} TIMEOUT 300)
  if(DBPOOL_SANITIZE)
    set_tests_properties(${name} PROPERTIES ENVIRONMENT DBPOOL_TEST_SLOWNESS=4 TIMEOUT 900)
  endif()
endfunction()

# dbpool_alone(NAME...): test programs that measure time. They need the machine for themselves, so scripts/test runs
# them when it has built everything.
function(dbpool_alone)
  set_tests_properties(${ARGN} PROPERTIES RUN_SERIAL ON)
  set_property(TEST ${ARGN} APPEND PROPERTY LABELS alone)
endfunction()

# ThreadSanitizer needs an address space without randomization.
if(DBPOOL_SANITIZE MATCHES thread)
  set(DBPOOL_TEST_LAUNCHER setarch -R)
endif()
