#include "analyzer/base/path_map.h"

#include <string.h>

/* Without the slashes at its end, so that "/" is "". */
static const char *folder(struct arena *arena, const char *text, size_t bytes)
{
    while (bytes > 0 && text[bytes - 1] == '/') {
        bytes--;
    }
    return arena_printf(arena, "%.*s", (int)bytes, text);
}

bool path_map_add(struct arena *arena, struct path_map *map, const char *rule)
{
    const char *equals = strchr(rule, '=');
    if (equals == NULL || equals == rule || equals[1] == '\0') {
        return false;
    }
    *array_add(arena, &map->rules) =
        (struct path_rule){.from = folder(arena, rule, (size_t)(equals - rule)),
                           .to = folder(arena, equals + 1, strlen(equals + 1))};
    return true;
}

const char *path_map_apply(struct arena *arena, const struct path_map *map, const char *path)
{
    for (size_t i = 0; map != NULL && path != NULL && i < map->rules.count; i++) {
        const struct path_rule *rule = &map->rules.items[i];
        size_t bytes = strlen(rule->from);
        if (strncmp(path, rule->from, bytes) == 0 && (path[bytes] == '/' || path[bytes] == '\0')) {
            return arena_printf(arena, "%s%s", rule->to, path + bytes);
        }
    }
    return path;
}
