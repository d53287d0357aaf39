#include "analyzer/command/hiding.h"

#include <stdlib.h>
#include <string.h>
#include "analyzer/command/message.h"
#include "analyzer/suppress/suppression_file.h"

static bool add_file(struct arena *arena, const char *path, struct hiding *hiding,
                     const char **error)
{
    hiding->has_suppressions = true;
    return suppression_file_read(arena, path, &hiding->suppressions, error);
}

/* Files with colons between them, as PATH has folders. */
static bool add_from_environment(struct arena *arena, struct hiding *hiding, const char **error)
{
    const char *next = getenv("UNKNOT_SUPPRESSIONS");
    while (next != NULL && *next != '\0') {
        size_t bytes = strcspn(next, ":");
        if (bytes != 0 &&
            !add_file(arena, arena_printf(arena, "%.*s", (int)bytes, next), hiding, error)) {
            return false;
        }
        next += bytes + (next[bytes] == ':');
    }
    return true;
}

static bool add_from_options(struct arena *arena, const struct options *options,
                             struct hiding *hiding, const char **error)
{
    size_t cursor = 0;
    const char *path;
    while ((path = options_next(options, OPTION_SUPPRESSIONS, &cursor)) != NULL) {
        if (!add_file(arena, path, hiding, error)) {
            return false;
        }
    }
    return true;
}

bool hiding_load(struct arena *arena, const char *command, const struct options *options,
                 struct hiding **hiding)
{
    struct hiding *loaded = arena_alloc(arena, 1, sizeof *loaded);
    const char *error = "";
    loaded->baseline_path = options->values[OPTION_BASELINE];
    bool good = add_from_environment(arena, loaded, &error) &&
                add_from_options(arena, options, loaded, &error);
    if (good && loaded->baseline_path != NULL) {
        loaded->baseline = baseline_create(arena);
        good = baseline_read(loaded->baseline, loaded->baseline_path, &error);
    }
    if (!good) {
        message(command, "%s", error);
        return false;
    }
    *hiding = loaded->has_suppressions || loaded->baseline != NULL ? loaded : NULL;
    return true;
}
