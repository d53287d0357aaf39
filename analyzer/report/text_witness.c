#include <string.h>
#include "analyzer/report/place.h"
#include "analyzer/report/text.h"
#include "analyzer/report/witness_words.h"

/* More columns than these, or wider ones, are not read across: then each line names its thread. */
#define COLUMNS_MAX      4
#define COLUMN_WIDTH_MAX 44

struct story {
    const struct text *text;
    const struct execution *execution;
    const struct witness_event *events;
    size_t count;
    uint32_t threads[COLUMNS_MAX]; /* in the order they appear */
    size_t thread_count;           /* more than COLUMNS_MAX: no columns */
    size_t width;                  /* of a column */
};

static const char *event_text(const struct story *story, const struct witness_event *event)
{
    const struct report *report = story->text->report;
    const char *what =
        witness_event_text(story->text->arena, report->names, story->execution, event);
    const char *place = place_summary(
        story->text->arena, symbolizer_stack(report->symbolizer, story->execution, event->stack));
    return text_safe(story->text, place == NULL
                                      ? what
                                      : arena_printf(story->text->arena, "%s, %s", what, place));
}

static const char *thread_text(const struct story *story, uint32_t thread)
{
    return text_safe(story->text,
                     names_thread(story->text->report->names, story->execution, thread));
}

static size_t column_of(const struct story *story, uint32_t thread)
{
    size_t i = 0;
    while (i < story->thread_count && story->threads[i] != thread) {
        i++;
    }
    return i;
}

/* Finds out whether the story fits into columns. */
static void lay_out(struct story *story)
{
    for (size_t i = 0; i < story->count && story->thread_count <= COLUMNS_MAX; i++) {
        size_t length = strlen(event_text(story, &story->events[i]));
        story->width = length > story->width ? length : story->width;
        if (column_of(story, story->events[i].thread) < story->thread_count) {
            continue;
        }
        if (story->thread_count < COLUMNS_MAX) {
            story->threads[story->thread_count] = story->events[i].thread;
        }
        story->thread_count++;
    }
}

static void print_columns(const struct story *story)
{
    FILE *out = story->text->out;
    int width = (int)story->width + 2;
    fputs("    ", out);
    for (size_t i = 0; i < story->thread_count; i++) {
        bool is_last = i + 1 == story->thread_count;
        fprintf(out, " %-*s", is_last ? 0 : width, thread_text(story, story->threads[i]));
    }
    fputc('\n', out);
    for (size_t i = 0; i < story->count; i++) {
        int before = (int)column_of(story, story->events[i].thread) * (width + 1);
        fprintf(out, "     %*s%s\n", before, "", event_text(story, &story->events[i]));
    }
}

static void print_lines(const struct story *story)
{
    for (size_t i = 0; i < story->count; i++) {
        fprintf(story->text->out, "     %s %s\n", thread_text(story, story->events[i].thread),
                event_text(story, &story->events[i]));
    }
}

void text_schedule(const struct text *text, const struct execution *execution,
                   const struct witness_event *events, size_t count)
{
    struct story story = {.text = text, .execution = execution, .events = events, .count = count};
    lay_out(&story);
    if (story.thread_count <= COLUMNS_MAX && story.width <= COLUMN_WIDTH_MAX) {
        print_columns(&story);
    } else {
        print_lines(&story);
    }
}

void text_witness(const struct text *text, const struct finding *finding)
{
    const struct finding_witness *witness = finding->witness;
    fprintf(text->out,
            "   A schedule of the recorded synchronization deadlocks so (what matters of %s):\n",
            text_count(text, witness->length + finding->step_count, "event"));
    text_schedule(text, finding->execution, witness->events, witness->event_count);
    fprintf(text->out, "   Nothing recorded orders these steps in every schedule. This one %s%s.\n",
            witness->is_reversed ? "takes locks in another order than the run did"
                                 : "keeps the order of the run",
            witness->keeps_data ? ", and what locks guard may carry data"
                                : "; it may not be if data that locks guard says otherwise");
}
