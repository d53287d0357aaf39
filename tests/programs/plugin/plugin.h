/* A library with locks, for programs that load it while they run. Its functions may be called by
 * any thread; each nests the library's two locks in the order it is named for. */
#ifndef UNKNOT_TESTS_PROGRAMS_PLUGIN_PLUGIN_H
#define UNKNOT_TESTS_PROGRAMS_PLUGIN_PLUGIN_H

void plugin_a_then_b(void);
void plugin_b_then_a(void);

#endif
