#include "analyzer/report/github.h"

#include <inttypes.h>
#include <string.h>
#include "analyzer/report/artifact.h"
#include "analyzer/report/escape.h"

/* A runner takes these escapes back; in a property also those of what ends one. */
static const char *escaped(struct arena *arena, const char *text, const char *special)
{
    const char *valid = escape_utf8(arena, text);
    char *result = arena_alloc(arena, strlen(valid) * 3 + 1, 1);
    char *end = result;
    for (; *valid != '\0'; valid++) {
        if (strchr(special, *valid) != NULL) {
            end += sprintf(end, "%%%02X", (unsigned char)*valid);
        } else {
            *end++ = *valid;
        }
    }
    return result;
}

static const char *property(const struct results *results, const char *text)
{
    return escaped(results->arena, text, "%\r\n:,");
}

static const char *data(const struct results *results, const char *text)
{
    return escaped(results->arena, text, "%\r\n");
}

static void write_place(FILE *out, const struct results *results, const struct result *result)
{
    const struct frame *frame = result_frame(results, result->where.stack);
    if (frame != NULL && frame->file != NULL && frame->line != 0) {
        bool is_relative;
        const char *path =
            artifact_path(results->arena, results->source_root, frame->file, &is_relative);
        fprintf(out, "file=%s,line=%" PRIu32 ",", property(results, path), frame->line);
    }
}

static void write_result(FILE *out, const struct results *results, const struct result *result)
{
    static const char *const commands[] = {"notice", "warning", "error"};
    struct arena *arena = results->arena;
    const char *title =
        arena_printf(arena, "unknot: %s (%s)", result->rule, confidence_word(result->confidence));
    fprintf(out, "::%s ", commands[result_level(result)]);
    write_place(out, results, result);
    fprintf(out, "title=%s::%s\n", property(results, title),
            data(results, result_message(arena, result)));
}

void github_write_results(FILE *out, const struct results *results)
{
    for (size_t i = 0; i < results->list.count; i++) {
        write_result(out, results, &results->list.items[i]);
    }
    for (size_t i = 0; i < results->notes.list.count; i++) {
        const struct note *note = &results->notes.list.items[i];
        if (note->level != NOTE_INFORMATION) {
            fprintf(out, "::warning title=%s::%s\n", property(results, "unknot: incomplete"),
                    data(results, note->text));
        }
    }
}

void github_write(FILE *out, const struct report *report)
{
    struct results results;
    results_of_report(report, &results);
    github_write_results(out, &results);
}
