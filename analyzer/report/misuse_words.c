#include "analyzer/report/misuse_words.h"

#include <signal.h>
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

const char *misuse_signal(const struct report *report, const struct trace_misuse *misuse)
{
    static const char *const names[] = {
#define SIGNAL_NAME(name) [name] = #name
        SIGNAL_NAME(SIGHUP),    SIGNAL_NAME(SIGINT),    SIGNAL_NAME(SIGQUIT), SIGNAL_NAME(SIGUSR1),
        SIGNAL_NAME(SIGUSR2),   SIGNAL_NAME(SIGPIPE),   SIGNAL_NAME(SIGALRM), SIGNAL_NAME(SIGTERM),
        SIGNAL_NAME(SIGSTKFLT), SIGNAL_NAME(SIGCHLD),   SIGNAL_NAME(SIGCONT), SIGNAL_NAME(SIGTSTP),
        SIGNAL_NAME(SIGTTIN),   SIGNAL_NAME(SIGTTOU),   SIGNAL_NAME(SIGURG),  SIGNAL_NAME(SIGXCPU),
        SIGNAL_NAME(SIGXFSZ),   SIGNAL_NAME(SIGVTALRM), SIGNAL_NAME(SIGPROF), SIGNAL_NAME(SIGWINCH),
        SIGNAL_NAME(SIGIO),     SIGNAL_NAME(SIGPWR),
#undef SIGNAL_NAME
    };
    size_t number = (size_t)misuse->result;
    if ((misuse->flags & TRACE_MISUSE_SIGNAL) == 0) {
        return NULL;
    }
    return number < sizeof names / sizeof names[0] && names[number] != NULL
               ? names[number]
               : arena_printf(report->arena, "signal %d", misuse->result);
}

const char *misuse_title(const struct report *report, const struct finding *finding)
{
    const struct trace_misuse *misuse = finding->misuse;
    const char *name = misuse_object_name(report, finding);
    const char *text = misuse_rule_text(misuse->rule);
    const char *signal = misuse_signal(report, misuse);
    if (signal != NULL) {
        return arena_printf(report->arena,
                            "%s is taken by the handler of %s, and elsewhere while %s can arrive",
                            name, signal, signal);
    }
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
