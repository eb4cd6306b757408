# The only place that finds packages. A missing one is one sentence that names the Debian package.

include(FindPackageHandleStandardArgs)

# Finds a header-and-library pair that ships no CMake configuration, as an imported target.
function(_scaup_find_library target header library package)
  if(TARGET ${target})
    return()
  endif()
  string(MAKE_C_IDENTIFIER "SCAUP_${target}" key)
  find_path(${key}_INCLUDE_DIR NAMES ${header})
  find_library(${key}_LIBRARY NAMES ${library})
  mark_as_advanced(${key}_INCLUDE_DIR ${key}_LIBRARY)
  if(NOT ${key}_INCLUDE_DIR OR NOT ${key}_LIBRARY)
    message(FATAL_ERROR "scaup: ${library} is missing; on Debian: apt-get install ${package}")
  endif()
  add_library(${target} UNKNOWN IMPORTED)
  set_target_properties(${target} PROPERTIES
    IMPORTED_LOCATION "${${key}_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${${key}_INCLUDE_DIR}")
endfunction()

# Finds a package that ships a CMake configuration.
macro(_scaup_find_package name package)
  find_package(${name} QUIET CONFIG ${ARGN})
  if(NOT ${name}_FOUND)
    message(FATAL_ERROR "scaup: ${name} is missing; on Debian: apt-get install ${package}")
  endif()
endmacro()

find_package(Threads REQUIRED)
_scaup_find_package(hwy libhwy-dev)
_scaup_find_package(simdjson libsimdjson-dev)
_scaup_find_library(scaup_re2 re2/re2.h re2 libre2-dev)
_scaup_find_library(scaup_utf8proc utf8proc.h utf8proc libutf8proc-dev)
_scaup_find_library(scaup_xxhash xxhash.h xxhash libxxhash-dev)

if(SCAUP_BUILD_TESTS)
  _scaup_find_package(Catch2 catch2)
endif()
if(SCAUP_BUILD_BENCH)
  _scaup_find_package(benchmark libbenchmark-dev)
endif()
