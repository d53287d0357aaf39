#include "analyzer/report/lock_label.h"

#include <string.h>
#include "analyzer/report/name.h"
#include "analyzer/report/place.h"

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static const char *in_file(struct arena *arena, const char *name, const char *file)
{
    return file == NULL ? name : arena_printf(arena, "%s @%s", name, base_name(file));
}

const char *lock_label(struct arena *arena, struct symbolizer *symbolizer,
                       const struct execution *execution, const struct lock *lock)
{
    if (execution->of_recordings) {
        return lock->label;
    }
    if (lock->name != NULL) {
        return lock->name;
    }
    struct data_name data = symbolizer_data(symbolizer, execution, lock->location);
    if (data.name != NULL) {
        return in_file(arena, data.name, data.file);
    }
    struct frame_list frames =
        place_program_frames(symbolizer_stack(symbolizer, execution, names_birth_stack(lock)));
    const char *kind = names_kind_word(lock);
    if (frames.count == 0) {
        return kind;
    }
    return in_file(arena,
                   arena_printf(arena, "%s %s in %s", kind,
                                lock->init_stack != 0 ? "created" : "first locked",
                                place_function(arena, &frames.frames[0])),
                   frames.frames[0].file);
}
