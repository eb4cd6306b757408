# Run by ctest: cmake -DPREFIX=... -DSOURCE_DIR=... -DBINARY_DIR=... -P. What was installed is complete, can be
# moved, and hands no developer flags on.

foreach(_path include/scaup/scaup.hpp include/scaup/version.hpp share/doc/scaup/LICENSE)
  if(NOT EXISTS "${PREFIX}/${_path}")
    message(FATAL_ERROR "${_path} was not installed")
  endif()
endforeach()

file(GLOB_RECURSE _texts "${PREFIX}/*.cmake" "${PREFIX}/*.pc")
foreach(_file IN LISTS _texts)
  file(READ "${_file}" _text)
  foreach(_forbidden "-W[a-z]" "-fsanitize" "${SOURCE_DIR}" "${BINARY_DIR}" "${PREFIX}")
    if(_text MATCHES "${_forbidden}")
      message(FATAL_ERROR "${_file} holds ${_forbidden}")
    endif()
  endforeach()
endforeach()

# Every header of the source is there and no other.
file(GLOB_RECURSE _source RELATIVE "${SOURCE_DIR}/include" "${SOURCE_DIR}/include/*.hpp")
file(GLOB_RECURSE _installed RELATIVE "${PREFIX}/include" "${PREFIX}/include/*")
if(NOT _source STREQUAL _installed)
  message(FATAL_ERROR "installed headers: ${_installed}; in the source: ${_source}")
endif()
