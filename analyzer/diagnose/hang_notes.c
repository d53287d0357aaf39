#include <inttypes.h>
#include "analyzer/diagnose/hang_report.h"

static void add(struct arena *arena, struct notes *notes, enum note_level level, const char *id,
                const char *text)
{
    if (text != NULL) {
        *array_add(arena, &notes->list) = (struct note){level, id, text};
    }
}

static const char *unstopped(const struct subject *subject)
{
    if (subject->unstopped == 0) {
        return NULL;
    }
    if (subject->target->tracer != 0) {
        return arena_printf(subject->arena,
                            "process %" PRIu32
                            " traces this one (a debugger?): without its registers a stack may end "
                            "early",
                            subject->target->tracer);
    }
    return arena_printf(subject->arena,
                        "%s could not be stopped to read the registers: a stack may end early",
                        totals_count(subject->arena, subject->unstopped, "thread"));
}

void hang_notes_collect(const struct diagnosis *diagnosis, struct notes *notes)
{
    const struct subject *subject = diagnosis->subject;
    const struct target *target = subject->target;
    struct arena *arena = subject->arena;
    *notes = (struct notes){{NULL, 0, 0}};
    for (size_t i = 0; i < target->module_count; i++) {
        add(arena, notes, NOTE_INFORMATION, "module", target->modules[i].problem);
    }
    add(arena, notes, NOTE_INCOMPLETE, "damaged", target->damage);
    add(arena, notes, NOTE_INCOMPLETE, "python", subject->python.problem);
    add(arena, notes, NOTE_INFORMATION, "registers", unstopped(subject));
    if (subject->stacks == NULL) {
        add(arena, notes, NOTE_INFORMATION, "stacks", "no stack can be read");
    }
}
