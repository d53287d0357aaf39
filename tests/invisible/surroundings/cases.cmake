# The same plain program in awkward surroundings, and under other allocators.
invisible_program(plain_work surroundings/plain_work.c)
invisible_test(plain_work plain_work)
invisible_test(plain_work_bound_at_once plain_work RUN --env LD_BIND_NOW=1)
invisible_test(plain_work_stdin_closed plain_work RUN --closed 0)
invisible_test(plain_work_stderr_closed plain_work RUN --closed 2)
invisible_test(plain_work_all_closed plain_work RUN --closed 0 --closed 1 --closed 2)
invisible_test(plain_work_directory_removed plain_work RUN --cwd removed)
invisible_test(plain_work_directory_unwritable plain_work
               RUN --cwd /proc --options exit_report=0 --recording any --may-warn)
invisible_test(plain_work_no_environment plain_work ARGS clear)
invisible_test(plain_work_stack_unlimited plain_work RUN --limit stack=-1)
invisible_test(plain_work_memory_limited plain_work RUN --limit as=400000000 --recording any --may-warn)
invisible_test(plain_work_files_of_no_size plain_work RUN --limit fsize=0 --recording any --may-warn)
invisible_test(plain_work_files_of_small_size plain_work RUN --limit fsize=20000 --recording any --may-warn)
invisible_test(plain_work_locked_memory_limited plain_work RUN --limit memlock=0)

# Options nobody offers, too long, or naming a place that cannot be written or is too small: the
# program is unharmed, and at most one line says so.
string(REPEAT "x" 60000 long_text)
foreach(place /proc/nope/%n.rec /dev/full /dev/null /no/such/directory/%n.%p.%x.rec /)
  string(MAKE_C_IDENTIFIER "${place}" place_name)
  invisible_test(plain_work_recording_to${place_name} plain_work
                 RUN --recording any --may-warn --options "exit_report=0:record=${place}")
endforeach()
invisible_test(plain_work_recording_to_long_name plain_work
               RUN --recording any --may-warn --options "exit_report=0:record={dir}/${long_text}.rec")
invisible_test(plain_work_recording_to_small_place plain_work RUN --recording any --may-warn --small-place)
invisible_test(plain_work_unknown_option plain_work
               RUN --may-warn --options "exit_report=0:no_such_option=1:record={dir}/%n.%p.%x.rec")
invisible_test(plain_work_bad_option_values plain_work RUN --recording any --may-warn
               --options "exit_report=0:stack_depth=-5:record_limit=1:::=:%s:record={dir}/%n.%p.%x.rec")
invisible_program(environment surroundings/environment.c)
foreach(mode library unset)
  invisible_test(environment_${mode} environment ARGS ${mode})
endforeach()

# A sanitizer's runtime in the program stands in front of the shim and intercepts the same calls.
include(CheckCCompilerFlag)
foreach(sanitizer address thread)
  string(SUBSTRING ${sanitizer} 0 1 initial)
  set(flags -fsanitize=${sanitizer} -static-lib${initial}san)
  set(CMAKE_REQUIRED_LINK_OPTIONS ${flags})
  check_c_compiler_flag(-fsanitize=${sanitizer} UNKNOT_CAN_LINK_${sanitizer})
  unset(CMAKE_REQUIRED_LINK_OPTIONS)
  if(UNKNOT_CAN_LINK_${sanitizer})
    invisible_program(plain_work_${sanitizer} surroundings/plain_work.c OPTIONS -fsanitize=${sanitizer})
    target_link_options(invisible_plain_work_${sanitizer} PRIVATE ${flags})
    invisible_test(plain_work_with_${sanitizer}_sanitizer plain_work_${sanitizer})
  endif()
endforeach()

invisible_program(writes_files surroundings/writes_files.c)
invisible_test(writes_files_up_to_limit writes_files RUN --limit fsize=8192 --recording any --may-warn)

set(allocators "/usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}")
invisible_program(allocates_in_threads surroundings/allocates_in_threads.c)
invisible_program(allocates_in_threads_cpp surroundings/allocates_in_threads.cpp)
foreach(allocator jemalloc.so.2 tcmalloc.so.4 tcmalloc_minimal.so.4 mimalloc.so.2)
  set(library "${allocators}/lib${allocator}")
  string(REGEX REPLACE "\\.so.*" "" name "${allocator}")
  foreach(program allocates_in_threads allocates_in_threads_cpp)
    foreach(order before after)
      invisible_test(${program}_${name}_${order} ${program}
                     RUN --needs ${library} --${order} ${library})
    endforeach()
  endforeach()
endforeach()
invisible_test(allocates_in_threads allocates_in_threads)

invisible_program(seccomp surroundings/seccomp.c)
foreach(mode strict filter)
  invisible_test(seccomp_${mode} seccomp ARGS ${mode})
endforeach()

foreach(way strace gdb gdb_attached)
  string(REGEX REPLACE "_.*" "" tracer ${way})
  add_test(NAME invisible.traced_by_${way}
           COMMAND Python3::Interpreter "${CMAKE_CURRENT_SOURCE_DIR}/compare.py"
                   --shim $<TARGET_FILE:unknot_shim> --needs /usr/bin/${tracer} --timeout 60
                   -- "${CMAKE_CURRENT_SOURCE_DIR}/surroundings/traced.sh" ${way}
                      $<TARGET_FILE:invisible_plain_work>)
  set_tests_properties(invisible.traced_by_${way} PROPERTIES LABELS shim TIMEOUT 150
                                                             SKIP_RETURN_CODE 77)
endforeach()

invisible_program(many_pairs surroundings/many_pairs.c)
foreach(case full_disk size_limit no_memory removed_folder removed_file)
  add_test(NAME invisible.loss_is_said_${case}
           COMMAND Python3::Interpreter "${CMAKE_CURRENT_SOURCE_DIR}/surroundings/losses.py"
                   --shim $<TARGET_FILE:unknot_shim> --unknot $<TARGET_FILE:unknot>
                   --program $<TARGET_FILE:invisible_many_pairs> ${case})
  set_tests_properties(invisible.loss_is_said_${case} PROPERTIES LABELS shim TIMEOUT 90
                                                                 SKIP_RETURN_CODE 77)
endforeach()
