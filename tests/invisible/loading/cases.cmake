# The dynamic loader's view: search paths, interposers in front and behind, lookups, unloading.
function(invisible_library name source)
  cmake_parse_arguments(arg "" "SEARCH;FOLDER" "" ${ARGN})
  add_library(invisible_${name} SHARED ${source})
  invisible_settings(invisible_${name} ${source})
  set_target_properties(
    invisible_${name}
    PROPERTIES OUTPUT_NAME ${name} SKIP_BUILD_RPATH OFF BUILD_WITH_INSTALL_RPATH ON
               INSTALL_RPATH "${arg_SEARCH}"
               LIBRARY_OUTPUT_DIRECTORY "${CMAKE_LIBRARY_OUTPUT_DIRECTORY}/${arg_FOLDER}")
  target_link_libraries(invisible_${name} PRIVATE invisible_fact)
endfunction()

invisible_library(runpath loading/runpath.c SEARCH "$ORIGIN/sub")
invisible_library(sibling loading/sibling.c FOLDER sub)
invisible_library(wrapper loading/wrapper.c)

invisible_program(runpath_sibling loading/runpath_sibling.c)
invisible_test(runpath_sibling runpath_sibling ARGS $<TARGET_FILE:invisible_runpath>)
invisible_test(runpath_sibling_bound_at_once runpath_sibling
               ARGS $<TARGET_FILE:invisible_runpath> RUN --env LD_BIND_NOW=1)

invisible_program(counts_wrapped_calls loading/counts_wrapped_calls.c)
invisible_test(wrapper_preloaded_in_front counts_wrapped_calls
               RUN --before $<TARGET_FILE:invisible_wrapper>)
invisible_test(wrapper_preloaded_behind counts_wrapped_calls
               RUN --after $<TARGET_FILE:invisible_wrapper>)
invisible_program(counts_linked_wrapper loading/counts_wrapped_calls.c LIBS invisible_wrapper)
set_target_properties(invisible_counts_linked_wrapper
                      PROPERTIES SKIP_BUILD_RPATH OFF BUILD_WITH_INSTALL_RPATH ON
                                 INSTALL_RPATH "$ORIGIN/lib")
target_link_options(invisible_counts_linked_wrapper PRIVATE -Wl,--no-as-needed)
invisible_test(wrapper_linked counts_linked_wrapper)
invisible_case(wrapper_in_program loading/wrapper_in_program.c)
set_target_properties(invisible_wrapper_in_program PROPERTIES ENABLE_EXPORTS ON
                                                              C_VISIBILITY_PRESET default)

invisible_case(symbol_lookup loading/symbol_lookup.c)
invisible_case(lookup_fails_before_all loading/lookup_fails_before_all.c)
# Other libraries' locks: asked for by name, by weak references, used through any kind of dlopen.
invisible_case(absent_libraries loading/absent_libraries.c)
find_package(PkgConfig REQUIRED)
pkg_check_modules(GLIB REQUIRED IMPORTED_TARGET glib-2.0)
invisible_library(uses_other_locks loading/uses_other_locks.c)
target_link_libraries(invisible_uses_other_locks PRIVATE PkgConfig::GLIB)
target_compile_options(invisible_uses_other_locks PRIVATE -fopenmp)
target_link_options(invisible_uses_other_locks PRIVATE -fopenmp)
invisible_program(loads_other_locks loading/loads_other_locks.c)
foreach(way local lazy global local_deepbind)
  invisible_test(loads_other_locks_${way} loads_other_locks
                 ARGS $<TARGET_FILE:invisible_uses_other_locks> ${way})
endforeach()

invisible_case(old_condition_symbols loading/old_condition_symbols.c)
invisible_case(locks_past_the_shim loading/locks_past_the_shim.c)
invisible_program(loads_and_unloads loading/loads_and_unloads.c)
foreach(way lazy now local_deepbind global)
  invisible_test(loads_and_unloads_${way} loads_and_unloads
                 ARGS $<TARGET_FILE:invisible_sibling> ${way})
endforeach()
invisible_program(other_namespace loading/other_namespace.c)
invisible_test(other_namespace other_namespace ARGS $<TARGET_FILE:invisible_sibling>)

# The program loads no C++ library; its plug-in brings one that only the plug-in sees.
invisible_library(static_locals loading/static_locals.cpp)
invisible_program(opens_static_locals loading/opens_static_locals.c)
invisible_test(static_locals_of_a_plugin opens_static_locals
               ARGS $<TARGET_FILE:invisible_static_locals>)
