/* The libraries a program would load, as its own loader finds them. Runs the loader (--list), not
 * the program. */
#ifndef UNKNOT_COMMAND_LOADED_LIBRARIES_H
#define UNKNOT_COMMAND_LOADED_LIBRARIES_H

#include <stdbool.h>
#include "analyzer/base/array.h"

struct loaded_libraries {
    ARRAY(const char *) paths;
    ARRAY(const char *) missing; /* names the loader does not find */
};

/* False when the loader cannot be run. */
__attribute__((warn_unused_result)) bool loaded_libraries_list(struct arena *arena,
                                                               const char *loader,
                                                               const char *program,
                                                               struct loaded_libraries *libraries);

#endif
