# The only place that finds packages: for the build, and, installed beside scaup-config.cmake, for programs
# that link the static library. A missing one is one sentence that names the Debian package.

# Each function appends its sentence to `missing` in the caller's scope, or makes the target.

# A header-and-library pair without a CMake configuration, as the imported target scaup_external::<library>.
function(_scaup_find_library missing library header package)
  set(target scaup_external::${library})
  if(TARGET ${target})
    return()
  endif()
  find_path(SCAUP_${library}_INCLUDE_DIR NAMES ${header})
  find_library(SCAUP_${library}_LIBRARY NAMES ${library})
  mark_as_advanced(SCAUP_${library}_INCLUDE_DIR SCAUP_${library}_LIBRARY)
  if(NOT SCAUP_${library}_INCLUDE_DIR OR NOT SCAUP_${library}_LIBRARY)
    set(${missing} ${${missing}} "${library} is missing (on Debian: apt-get install ${package})." PARENT_SCOPE)
    return()
  endif()
  set(scope)
  if(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL)
    set(scope GLOBAL)
  endif()
  add_library(${target} UNKNOWN IMPORTED ${scope})
  set_target_properties(${target} PROPERTIES
    IMPORTED_LOCATION "${SCAUP_${library}_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${SCAUP_${library}_INCLUDE_DIR}")
endfunction()

# A package that ships a CMake configuration, or whose target the enclosing project has already.
macro(_scaup_find_package missing name target package)
  if(NOT TARGET ${target})
    find_package(${name} QUIET CONFIG)
    if(NOT TARGET ${target})
      list(APPEND ${missing} "${name} is missing (on Debian: apt-get install ${package}).")
    endif()
  endif()
endmacro()

# What the interface of scaup needs, however it was built.
macro(scaup_find_interface_dependencies missing)
  find_package(Threads QUIET)
  if(NOT TARGET Threads::Threads)
    list(APPEND ${missing} "The thread library is missing.")
  endif()
endmacro()

# What scaup links: needed to build it, and to link a program with a static scaup.
macro(scaup_find_link_dependencies missing)
  _scaup_find_package(${missing} hwy hwy::hwy libhwy-dev)
  _scaup_find_package(${missing} simdjson simdjson::simdjson libsimdjson-dev)
  _scaup_find_package(${missing} roaring roaring::roaring libroaring-dev)
  _scaup_find_library(${missing} re2 re2/re2.h libre2-dev)
  _scaup_find_library(${missing} utf8proc utf8proc.h libutf8proc-dev)
  _scaup_find_library(${missing} stemmer libstemmer.h libstemmer-dev)
  _scaup_find_library(${missing} gumbo gumbo.h libgumbo-dev)
  _scaup_find_library(${missing} xxhash xxhash.h libxxhash-dev)
  _scaup_find_library(${missing} crypto openssl/evp.h libssl-dev)
  _scaup_find_library(${missing} zstd zstd.h libzstd-dev)
endmacro()

# What scaup::net links beside that.
macro(scaup_find_net_dependencies missing)
  _scaup_find_library(${missing} curl curl/curl.h libcurl4-openssl-dev)
endmacro()

# A library of headers alone, as the imported target scaup_external::<name>.
function(_scaup_find_headers missing name header package)
  set(target scaup_external::${name})
  if(TARGET ${target})
    return()
  endif()
  find_path(SCAUP_${name}_INCLUDE_DIR NAMES ${header})
  mark_as_advanced(SCAUP_${name}_INCLUDE_DIR)
  if(NOT SCAUP_${name}_INCLUDE_DIR)
    set(${missing} ${${missing}} "${name} is missing (on Debian: apt-get install ${package})." PARENT_SCOPE)
    return()
  endif()
  add_library(${target} INTERFACE IMPORTED)
  set_target_properties(${target} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${SCAUP_${name}_INCLUDE_DIR}")
endfunction()

# What is needed to build scaup, but not to link a program with it.
macro(scaup_find_build_dependencies missing)
  _scaup_find_headers(${missing} hnswlib hnswlib/hnswalg.h libhnswlib-dev)
endmacro()

# What the project's own tests and benches need.
macro(scaup_find_developer_dependencies missing)
  if(SCAUP_BUILD_TESTS)
    _scaup_find_package(${missing} Catch2 Catch2::Catch2WithMain catch2)
    _scaup_find_library(${missing} z zlib.h zlib1g-dev)
    find_package(Python3 QUIET COMPONENTS Interpreter)
    if(NOT Python3_Interpreter_FOUND)
      list(APPEND ${missing} "Python 3 is missing (on Debian: apt-get install python3).")
    endif()
  endif()
  if(SCAUP_BUILD_BENCH)
    _scaup_find_package(${missing} benchmark benchmark::benchmark libbenchmark-dev)
  endif()
endmacro()
