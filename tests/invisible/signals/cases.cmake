# Signal handlers, jumps and unusual stacks.
invisible_case(handlers_lock signals/handlers_lock.c)
invisible_case(handlers_on_own_stack signals/handlers_on_own_stack.c)
invisible_case(recovers_from_faults signals/recovers_from_faults.c)
invisible_case(jumps_over_locks signals/jumps_over_locks.c)
invisible_case(coroutines_lock signals/coroutines_lock.c)
invisible_case(small_stacks signals/small_stacks.c)
invisible_case(signals_interrupt_waits signals/signals_interrupt_waits.c)
invisible_case(signal_storm signals/signal_storm.c)

# It says by itself what is wrong, so compare.py is not needed; what is recorded matters too.
invisible_program(handler_at_every_instruction signals/handler_at_every_instruction.c)
foreach(stack on_same_stack on_own_stack)
  add_test(NAME invisible.handler_at_every_instruction_${stack}
           COMMAND Python3::Interpreter "${CMAKE_CURRENT_SOURCE_DIR}/signals/orders_recorded.py"
                   --shim $<TARGET_FILE:unknot_shim> --unknot $<TARGET_FILE:unknot>
                   -- $<TARGET_FILE:invisible_handler_at_every_instruction> ${stack})
  set_tests_properties(invisible.handler_at_every_instruction_${stack} PROPERTIES LABELS shim
                                                                                  TIMEOUT 180)
endforeach()
