# Locks before main and after it, and every way a program or thread can end.
invisible_library(constructed lifetime/constructed.c)
invisible_program(locks_around_main lifetime/locks_around_main.c LIBS invisible_constructed)
set_target_properties(invisible_locks_around_main
                      PROPERTIES SKIP_BUILD_RPATH OFF BUILD_WITH_INSTALL_RPATH ON
                                 INSTALL_RPATH "$ORIGIN/lib")
invisible_test(locks_around_main locks_around_main)
invisible_test(locks_around_main_bound_at_once locks_around_main RUN --env LD_BIND_NOW=1)
invisible_program(endings lifetime/endings.c)
foreach(way return exit _exit quick_exit abort terminate kill fault exit_in_thread exit_in_handler
            main_leaves_first)
  invisible_test(ends_by_${way} endings ARGS ${way})
endforeach()
invisible_case(key_destructors lifetime/key_destructors.c)
invisible_case(all_keys lifetime/all_keys.c)
invisible_case(thread_local_destructors lifetime/thread_local_destructors.cpp)
invisible_case(static_destructors lifetime/static_destructors.cpp)
