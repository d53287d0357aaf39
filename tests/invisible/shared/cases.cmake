# Locks between processes.
invisible_program(process_shared shared/process_shared.c)
foreach(way anonymous shm file memfd)
  invisible_test(process_shared_${way} process_shared ARGS ${way})
endforeach()
