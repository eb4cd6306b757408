# Install rules: libraries, headers, the CMake package with one targets file a component, pkg-config, licence.

include(CMakePackageConfigHelpers)

set(_scaup_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/scaup")
set(_scaup_components core)
if(TARGET scaup_model)
  list(APPEND _scaup_components model)
endif()
if(TARGET scaup_net)
  list(APPEND _scaup_components net)
endif()
list(APPEND _scaup_components scaup)

# scaup_install_component(component target): scaup::<component>, for the prefix and for the build tree.
function(scaup_install_component component target)
  # $ORIGIN: a shared scaup::model finds scaup::core beside itself, wherever the two are put.
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${component} INSTALL_RPATH "$ORIGIN")
  set(headers)
  get_target_property(header_sets ${target} INTERFACE_HEADER_SETS)
  if(header_sets)
    set(headers FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
  endif()
  install(TARGETS ${target} EXPORT scaup-${component}
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
    LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}"
    RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}"
    ${headers})
  install(EXPORT scaup-${component} NAMESPACE scaup:: FILE scaup-targets-${component}.cmake
    DESTINATION "${_scaup_package_dir}")
  export(EXPORT scaup-${component} NAMESPACE scaup:: FILE "${PROJECT_BINARY_DIR}/scaup-targets-${component}.cmake")
endfunction()

foreach(_component IN LISTS _scaup_components)
  if(_component STREQUAL "scaup")
    scaup_install_component(scaup scaup)
  else()
    scaup_install_component(${_component} scaup_${_component})
  endif()
endforeach()

# The configuration file and what it includes, in the build tree as they will lie in the prefix.
get_target_property(_scaup_library_type scaup_core TYPE)
configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/scaup-config.cmake.in" "${PROJECT_BINARY_DIR}/scaup-config.cmake"
  INSTALL_DESTINATION "${_scaup_package_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/scaup-config-version.cmake" COMPATIBILITY SameMinorVersion)
configure_file("${PROJECT_SOURCE_DIR}/cmake/ScaupDependencies.cmake" "${PROJECT_BINARY_DIR}/ScaupDependencies.cmake" COPYONLY)
install(FILES
  "${PROJECT_BINARY_DIR}/scaup-config.cmake"
  "${PROJECT_BINARY_DIR}/scaup-config-version.cmake"
  "${PROJECT_BINARY_DIR}/ScaupDependencies.cmake"
  DESTINATION "${_scaup_package_dir}")

# pkg-config. The prefix is found from where the file lies, so that an installation can be moved. A static
# library hands on what it was linked with; the names are those of the libraries' own .pc files.
set(_scaup_pc_libs "-lscaup_core")
set(_scaup_pc_requires)
set(_scaup_pc_private)
if(TARGET scaup_model)
  get_target_property(_scaup_model_type scaup_model TYPE)
  if(NOT _scaup_model_type STREQUAL "INTERFACE_LIBRARY")
    string(PREPEND _scaup_pc_libs "-lscaup_model ")
  endif()
endif()
if(_scaup_library_type STREQUAL "STATIC_LIBRARY")
  set(_scaup_pc_requires "libhwy simdjson re2 libutf8proc gumbo libxxhash libcrypto libzstd")
  string(APPEND _scaup_pc_libs " -lroaring -lstemmer")  # ship no .pc files
  set(_scaup_pc_private "-pthread")
endif()
if(TARGET scaup_net)
  string(PREPEND _scaup_pc_libs "-lscaup_net ")
  get_target_property(_scaup_net_type scaup_net TYPE)
  if(_scaup_net_type STREQUAL "STATIC_LIBRARY")
    string(APPEND _scaup_pc_libs " -lcurl")  # its .pc file would ask for all that a static libcurl needs
  endif()
endif()
file(RELATIVE_PATH _scaup_pc_prefix "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
string(REGEX REPLACE "/$" "" _scaup_pc_prefix "${_scaup_pc_prefix}")
configure_file("${PROJECT_SOURCE_DIR}/cmake/scaup.pc.in" "${PROJECT_BINARY_DIR}/scaup.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/scaup.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")

install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" "${PROJECT_SOURCE_DIR}/docs/third_party.md"
  DESTINATION "${CMAKE_INSTALL_DATAROOTDIR}/doc/scaup")
