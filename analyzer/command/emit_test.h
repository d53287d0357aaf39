/* A regression test from a plan, for CMake's ctest: passes as long as the program, steered by the
 * plan, does not deadlock. */
#ifndef UNKNOT_COMMAND_EMIT_TEST_H
#define UNKNOT_COMMAND_EMIT_TEST_H

#include "analyzer/command/plan_input.h"

/* Writes the test to the path, and the plan beside it. False with one line on stderr. */
__attribute__((warn_unused_result)) bool
emit_test(const struct plan_input *input, const struct plan_manner *manner, const char *path);

#endif
