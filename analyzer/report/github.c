#include "analyzer/report/github.h"

#include <inttypes.h>
#include <string.h>
#include "analyzer/report/artifact.h"
#include "analyzer/report/escape.h"

/* A runner takes these escapes back; in a property also those of what ends one. The line may also
 * be read on a terminal. */
static const char *escaped(struct arena *arena, const char *text, const char *special)
{
    const char *safe = escape_terminal(arena, text);
    char *result = arena_alloc(arena, strlen(safe) * 3 + 1, 1);
    char *end = result;
    for (; *safe != '\0'; safe++) {
        if (strchr(special, *safe) != NULL) {
            end += sprintf(end, "%%%02X", (unsigned char)*safe);
        } else {
            *end++ = *safe;
        }
    }
    return result;
}

static const char *property(const struct results *results, const char *text)
{
    return escaped(results->arena, text, "%:,");
}

/* Its lines stay lines. */
static const char *data(const struct results *results, const char *text)
{
    const char *result = "";
    for (const char *line = text; line != NULL;) {
        const char *end = strchrnul(line, '\n');
        const char *one = arena_printf(results->arena, "%.*s", (int)(end - line), line);
        result = arena_printf(results->arena, "%s%s%s", result, line == text ? "" : "%0A",
                              escaped(results->arena, one, "%"));
        line = *end == '\n' ? end + 1 : NULL;
    }
    return result;
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
