#include "analyzer/suppress/suppression_file.h"

#include <string.h>

struct suppression *suppression_add(const struct lines *lines, struct suppression_list *list,
                                    const char *name)
{
    struct suppression *suppression = arena_alloc(lines->arena, 1, sizeof *suppression);
    suppression->file = lines->path;
    suppression->line = lines->number;
    suppression->name = name;
    *array_add(lines->arena, &list->list) = suppression;
    return suppression;
}

bool suppression_file_read(struct arena *arena, const char *path, struct suppression_list *list,
                           const char **error)
{
    struct lines lines;
    const char *problem = NULL;
    if (!lines_open(arena, path, &lines, error)) {
        return false;
    }
    if (!lines_next(&lines)) {
        return true;
    }
    if (strcmp(lines.line, "{") == 0) {
        problem = suppression_file_valgrind(&lines, list);
    } else if (strncmp(lines.line, "suppression", strlen("suppression")) == 0) {
        problem = suppression_file_own(&lines, list);
    } else {
        problem = suppression_file_tsan(&lines, list);
    }
    if (problem != NULL) {
        *error = problem;
    }
    return problem == NULL;
}
