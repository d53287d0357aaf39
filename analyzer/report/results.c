#include "analyzer/report/results.h"

#include <string.h>
#include "analyzer/report/artifact.h"
#include "analyzer/report/place.h"

enum result_level result_level(const struct result *result)
{
    if (result->kind == FINDING_HAZARD) {
        return RESULT_NOTE;
    }
    return result->confidence == CONFIDENCE_POSSIBLE ? RESULT_WARNING : RESULT_ERROR;
}

const char *result_message(struct arena *arena, const struct result *result)
{
    const char *summary = result->summary != NULL ? result->summary : "";
    return arena_printf(arena, "%s.\n%s%sWhat helps: %s.", result->title, summary,
                        summary[0] == '\0' ? "" : "\n", result->remedy);
}

void result_add_line(struct arena *arena, struct result *result, const char *line)
{
    const char *before = result->summary;
    result->summary = before == NULL ? line : arena_printf(arena, "%s\n%s", before, line);
}

struct result_flow *result_story_flow(struct arena *arena, struct result_story *story,
                                      const char *thread)
{
    for (size_t i = 0; i < story->flows.count; i++) {
        if (strcmp(story->flows.items[i].thread, thread) == 0) {
            return &story->flows.items[i];
        }
    }
    struct result_flow *flow = array_add(arena, &story->flows);
    flow->thread = thread;
    return flow;
}

const struct frame *result_frame(const struct results *results, struct frame_list stack)
{
    struct frame_list program = place_program_frames(stack);
    if (stack.count == 0) {
        return NULL;
    }
    for (size_t i = 0; i < program.count; i++) {
        const struct frame *frame = &program.frames[i];
        bool is_relative = false;
        if (frame->file != NULL && frame->line != 0) {
            (void)artifact_path(results->arena, results->source_root, frame->file, &is_relative);
        }
        if (is_relative) {
            return frame;
        }
    }
    return &program.frames[0];
}

const char *result_at(const struct results *results, struct frame_list stack)
{
    struct arena *arena = results->arena;
    const struct frame *frame = result_frame(results, stack);
    bool is_relative;
    if (frame == NULL) {
        return "";
    }
    const char *function = place_function(arena, frame);
    if (frame->file == NULL || frame->line == 0) {
        return arena_printf(arena, " at %s", function);
    }
    return arena_printf(arena, " at %s (%s:%u)", function,
                        artifact_path(arena, results->source_root, frame->file, &is_relative),
                        frame->line);
}
