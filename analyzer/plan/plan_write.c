#include <inttypes.h>
#include <string.h>
#include "analyzer/plan/plan.h"
#include "analyzer/report/escape.h"

/* Each line of the text as a comment. */
static void write_comment(FILE *out, const struct plan *plan, const char *indent, const char *text)
{
    while (text != NULL && *text != '\0') {
        size_t bytes = strcspn(text, "\n");
        const char *line = arena_printf(plan->arena, "%.*s", (int)bytes, text);
        fprintf(out, "%s# %s\n", indent, escape_terminal(plan->arena, line));
        text += bytes + (text[bytes] == '\n');
    }
}

static void write_frames(FILE *out, const struct plan_place *place)
{
    for (size_t i = 0; i < place->count; i++) {
        const struct plan_frame *frame = &place->frames[i];
        fprintf(out, " %s@%s+0x%" PRIx64, frame->function, frame->module, frame->offset);
    }
    fputc('\n', out);
}

static void write_place(FILE *out, const char *word, const struct plan_place *place)
{
    if (place->count != 0) {
        fprintf(out, "  %s", word);
        write_frames(out, place);
    }
}

static void write_step(FILE *out, const struct plan *plan, const struct plan_step *step,
                       const struct plan_manner *manner)
{
    fputs("step\n", out);
    write_comment(out, plan, "  ", step->text);
    write_place(out, "begins", &step->begins);
    write_place(out, "holding", &step->holding);
    write_place(out, step->waits ? "waits" : "requests", &step->requests);
    fprintf(out, "  rank %zu\n", (step->rank + manner->first_rank) % plan->steps.count);
}

static void write_fix(FILE *out, const struct plan *plan, const struct plan_fix *fix)
{
    write_comment(out, plan, "", fix->text);
    fprintf(out, "fix %s %s\n", fix->kind, fix->name);
    for (size_t i = 0; i < fix->classes.count; i++) {
        fprintf(out, "  class %s", fix->classes.items[i].how);
        write_frames(out, &fix->classes.items[i].place);
    }
    for (size_t i = 0; i < fix->places.count; i++) {
        write_place(out, "at", &fix->places.items[i]);
    }
}

void plan_write(FILE *out, const struct plan *plan, const struct plan_manner *manner)
{
    fputs("unknot-plan 1\n", out);
    write_comment(out, plan, "", plan->origin);
    for (size_t i = 0; i < plan->modules.count; i++) {
        const struct plan_module *module = &plan->modules.items[i];
        fprintf(out, "module %s %s\n", module->name, module->build_id);
    }
    if (plan->steps.count != 0) {
        fprintf(out, "order %s\n", manner->is_ranked ? "ranked" : "free");
    }
    if (plan->steps.count != 0 && manner->pause_ms != 0) {
        fprintf(out, "pause %u\n", manner->pause_ms);
    }
    for (size_t i = 0; i < plan->steps.count; i++) {
        write_step(out, plan, &plan->steps.items[i], manner);
    }
    for (size_t i = 0; i < plan->fixes.count; i++) {
        write_fix(out, plan, &plan->fixes.items[i]);
    }
}
