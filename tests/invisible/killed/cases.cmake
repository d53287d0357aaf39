# What is left when a program is killed, and when there is no room: readable, and said.
invisible_program(never_ends killed/never_ends.c)
add_test(NAME invisible.killed_at_random_moments
         COMMAND Python3::Interpreter "${CMAKE_CURRENT_SOURCE_DIR}/killed/kill_at_random.py"
                 --shim $<TARGET_FILE:unknot_shim> --unknot $<TARGET_FILE:unknot>
                 --program $<TARGET_FILE:invisible_never_ends> --count 60)
set_tests_properties(invisible.killed_at_random_moments PROPERTIES LABELS shim TIMEOUT 200)
