# Signal handlers, jumps and unusual stacks.
invisible_case(handlers_lock signals/handlers_lock.c)
invisible_case(handlers_on_own_stack signals/handlers_on_own_stack.c)
invisible_case(recovers_from_faults signals/recovers_from_faults.c)
invisible_case(jumps_over_locks signals/jumps_over_locks.c)
invisible_case(coroutines_lock signals/coroutines_lock.c)
invisible_case(small_stacks signals/small_stacks.c)
invisible_case(signals_interrupt_waits signals/signals_interrupt_waits.c)
invisible_case(signal_storm signals/signal_storm.c)
