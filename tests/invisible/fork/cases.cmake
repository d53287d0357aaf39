# New processes by every way there is, from threaded programs, with locks held.
invisible_case(fork_child_uses_locks fork/fork_child_uses_locks.c)
invisible_case(fork_handlers_lock fork/fork_handlers_lock.c)
invisible_case(fork_storm fork/fork_storm.c)
invisible_case(fork_unseen fork/fork_unseen.c)
invisible_program(start_me fork/start_me.c)
invisible_program(start_programs fork/start_programs.c)
invisible_test(start_programs start_programs ARGS $<TARGET_FILE:invisible_start_me>)
invisible_program(exec_beside_threads fork/exec_beside_threads.c)
foreach(way execve execvp fexecve execl)
  invisible_test(exec_beside_threads_${way} exec_beside_threads
                 ARGS $<TARGET_FILE:invisible_start_me> ${way})
endforeach()
