/* The folder `run` records into. The one before it is kept as DIR.old; nothing that does not look
 * like a folder of recordings is ever moved or removed. */
#ifndef UNKNOT_COMMAND_DATA_DIRECTORY_H
#define UNKNOT_COMMAND_DATA_DIRECTORY_H

#include <stdbool.h>
#include "analyzer/base/arena.h"

#define DATA_DIRECTORY_DEFAULT "unknot.data"
#define DATA_DIRECTORY_PLAN    ".plan"  /* how the names of plans end that lie beside recordings */
#define DATA_DIRECTORY_OUTPUT  "output" /* what a program wrote whose output is not shown */

/* Moves what is there out of the way and makes the folder. The absolute path, or NULL with one
 * line on stderr. */
const char *data_directory_create(struct arena *arena, const char *command, const char *path);

/* A folder to be made where this process can write; NULL when none of the usual places is one. */
const char *data_directory_elsewhere(struct arena *arena);

/* Whether anything was recorded into it. */
bool data_directory_has_recordings(const char *path);

#endif
