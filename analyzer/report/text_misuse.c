#include "analyzer/report/misuse_words.h"
#include "analyzer/report/text.h"

static const char *thread_name(const struct text *text, const struct execution *execution,
                               uint32_t thread)
{
    return text_safe(text, names_thread(text->report->names, execution, thread));
}

static void print_first(const struct text *text, const struct finding *finding)
{
    const struct trace_misuse *misuse = finding->misuse;
    const struct trace_misuse_place *place = &misuse->places[0];
    fprintf(text->out, "   %s\n     ", thread_name(text, finding->execution, place->thread));
    if (place->role != MISUSE_PLACE_CALL) {
        fputs(misuse_role_text(place->role), text->out);
    } else if (misuse->text[0] != '\0') {
        fprintf(text->out, "calls %s", text_safe(text, misuse->text));
    }
    text_print_place(text, finding->execution, place->stack,
                     misuse->text[0] == '\0' && place->role == MISUSE_PLACE_CALL ? "at " : " at ");
}

/* Short, but where another thread is: that is half of the story. */
static void print_other(const struct text *text, const struct finding *finding,
                        const struct trace_misuse_place *place)
{
    fprintf(text->out, "   %s by %s ", misuse_role_text(place->role),
            thread_name(text, finding->execution, place->thread));
    if (place->role == MISUSE_PLACE_LOCKED || place->role == MISUSE_PLACE_WAITING ||
        place->role == MISUSE_PLACE_OUTSIDE) {
        text_print_place(text, finding->execution, place->stack, "at ");
    } else {
        text_print_origin(text, finding->execution, place->stack);
    }
}

void text_misuse(const struct text *text, size_t number, const struct finding *finding)
{
    const struct trace_misuse *misuse = finding->misuse;
    text_heading(text, "%zu. %s %s (%s): %s", number, finding_kind_word(finding->kind),
                 misuse_rule_word(misuse->rule), confidence_word(finding->confidence),
                 text_safe(text, misuse_title(text->report, finding)));
    if (finding->instances > 1) {
        fprintf(text->out, "   (%zu times at this place)\n", finding->instances);
    }
    const char *signal = misuse_signal(text->report, misuse);
    if (signal != NULL) {
        fprintf(
            text->out,
            "   If %s interrupts a thread that has it, that thread waits for itself, for ever:\n",
            signal);
    }
    print_first(text, finding);
    if ((misuse->flags & TRACE_MISUSE_HELD_MS) != 0) {
        fprintf(text->out, "     after %d ms\n", misuse->result);
    } else if (misuse->result != 0 && signal == NULL) {
        fprintf(text->out, "     %s, and that is not looked at\n",
                text_safe(text, misuse_error(text->report, misuse)));
    }
    for (uint32_t i = 1; i < misuse->place_count; i++) {
        print_other(text, finding, &misuse->places[i]);
    }
}
