# Settings every target of the project shares: unknot_target(NAME [SHIM]).
# UNKNOT_SANITIZE applies to everything but the shim, which must load into any program.
set(UNKNOT_SANITIZE "" CACHE STRING "Sanitizers for the analyzer and the tests: address,undefined")

function(unknot_target name)
  cmake_parse_arguments(arg "SHIM" "" "" ${ARGN})
  set_target_properties(${name} PROPERTIES C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS ON
                                           C_VISIBILITY_PRESET hidden)
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}" "${PROJECT_SOURCE_DIR}/include")
  target_compile_definitions(${name} PRIVATE _GNU_SOURCE)
  target_compile_options(${name} PRIVATE -Wall -Wextra -Wshadow -Wpointer-arith -Wvla
    "$<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes;-Wmissing-prototypes>")
  if(UNKNOT_WERROR)
    target_compile_options(${name} PRIVATE -Werror)
  endif()
  if(UNKNOT_SANITIZE AND NOT arg_SHIM)
    target_compile_options(${name} PRIVATE -fsanitize=${UNKNOT_SANITIZE} -fno-sanitize-recover=all)
    target_link_options(${name} PRIVATE -fsanitize=${UNKNOT_SANITIZE})
  endif()
endfunction()
