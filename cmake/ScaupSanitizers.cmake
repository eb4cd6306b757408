# Sanitizers for our own targets, from the option SCAUP_SANITIZE (for example "address,undefined"). With the
# fuzz targets, also the coverage by which the fuzzer finds its way.

function(scaup_enable_sanitizers target)
  if(SCAUP_BUILD_FUZZERS)
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
  endif()
  if(NOT SCAUP_SANITIZE)
    return()
  endif()
  target_compile_options(${target} PRIVATE -fsanitize=${SCAUP_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  # PUBLIC: whoever links an instrumented archive needs the runtime; in this tree only, an installed
  # package says nothing about it.
  target_link_options(${target} PUBLIC "$<BUILD_INTERFACE:-fsanitize=${SCAUP_SANITIZE}>")
endfunction()
