#include "analyzer/command/watched.h"

#include "analyzer/command/installation.h"
#include "analyzer/command/message.h"
#include "analyzer/command/watchable.h"

#define STATUS_SETUP 125

int watched_find(struct arena *arena, const char *command, const struct options *options,
                 const char *name, struct watched *watched, struct launch *launch)
{
    const char *error;
    int status = program_find(arena, name, &watched->program, &error);
    if (status != 0) {
        message(command, "%s", error);
        return status;
    }
    bool allowed = options_has(options, OPTION_ALLOW_UNWATCHED);
    struct watchable watchable = watchable_check(arena, &watched->program, &watched->facts);
    if (watchable.problem != NULL) {
        message(command, "%s cannot be watched: %s%s", name, watchable.problem,
                allowed ? "" : " (--allow-unwatched starts it all the same)");
    }
    if (watchable.problem != NULL && !allowed) {
        return STATUS_SETUP;
    }
    launch->path = watched->program.path;
    if (watchable.problem != NULL && !watchable.preload_is_harmless) {
        return 0;
    }
    launch->library = installation_library(arena, command, options->values[OPTION_LIBRARY]);
    return launch->library != NULL ? 0 : STATUS_SETUP;
}
