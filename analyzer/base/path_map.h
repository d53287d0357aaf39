/* Where files of a recording lie on this machine: a program that ran in a container, or was built
 * elsewhere, names them otherwise. Any thread once it is filled; allocates from the arena only. */
#ifndef UNKNOT_BASE_PATH_MAP_H
#define UNKNOT_BASE_PATH_MAP_H

#include <stdbool.h>
#include "analyzer/base/array.h"

struct path_rule {
    const char *from, *to; /* without slashes at the end */
};

struct path_map {
    ARRAY(struct path_rule) rules;
};

/* "FROM=TO"; false when it is not so. */
__attribute__((warn_unused_result)) bool path_map_add(struct arena *arena, struct path_map *map,
                                                      const char *rule);

/* The path with FROM, whole folders of it, replaced by TO, as the first rule that fits has it; the
 * path itself when none does, or `map` or the path is NULL. */
const char *path_map_apply(struct arena *arena, const struct path_map *map, const char *path);

#endif
