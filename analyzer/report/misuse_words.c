#include "analyzer/report/misuse_words.h"

#include <string.h>
#include "analyzer/report/place.h"

uint32_t misuse_birth_stack(const struct trace_misuse *misuse)
{
    for (uint32_t i = 0; i < misuse->place_count; i++) {
        if (misuse->places[i].role == MISUSE_PLACE_CREATED) {
            return misuse->places[i].stack;
        }
    }
    return 0;
}

const char *misuse_object_name(const struct report *report, const struct finding *finding)
{
    const struct trace_misuse *misuse = finding->misuse;
    const char *kind = misuse_object_text(misuse->object);
    if (misuse->lock != 0) {
        return names_lock(report->names, finding->execution, misuse->lock);
    }
    struct data_name data =
        symbolizer_data(report->symbolizer, finding->execution, misuse->location);
    if (data.name != NULL) {
        return data.name;
    }
    struct frame_list stack =
        symbolizer_stack(report->symbolizer, finding->execution, misuse_birth_stack(misuse));
    const char *place = place_summary(report->arena, stack);
    return place != NULL ? arena_printf(report->arena, "%s created at %s", kind, place)
                         : arena_printf(report->arena, "a %s", kind);
}

const char *misuse_title(const struct report *report, const struct finding *finding)
{
    const struct trace_misuse *misuse = finding->misuse;
    const char *name = misuse_object_name(report, finding);
    const char *text = misuse_rule_text(misuse->rule);
    return misuse->text[0] == '\0'
               ? arena_printf(report->arena, "%s: %s", name, text)
               : arena_printf(report->arena, "%s of %s: %s", misuse->text, name, text);
}

static bool is_c11(const char *function)
{
    return strncmp(function, "mtx_", 4) == 0 || strncmp(function, "cnd_", 4) == 0 ||
           strncmp(function, "thrd_", 5) == 0;
}

const char *misuse_error(const struct report *report, const struct trace_misuse *misuse)
{
    if (is_c11(misuse->text)) {
        return "it returned thrd_error";
    }
    return arena_printf(report->arena, "it %s %d (%s)",
                        (misuse->flags & TRACE_MISUSE_ERRNO) != 0 ? "failed with errno"
                                                                  : "returned",
                        misuse->result, strerror(misuse->result));
}
