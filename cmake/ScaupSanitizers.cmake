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

# scaup_trace_no_comparisons(source...): for sources of scaup_core in loops over rows and words, which read nothing from
# outside. That the fuzzer is told of each comparison there makes the tests of such a build four times as slow.
function(scaup_trace_no_comparisons)
  if(SCAUP_BUILD_FUZZERS)
    set_property(SOURCE ${ARGN} TARGET_DIRECTORY scaup_core
      APPEND PROPERTY COMPILE_OPTIONS -fno-sanitize-coverage=trace-cmp)
  endif()
endfunction()
