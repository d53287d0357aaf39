#include "tests/rewrites/rewrite_scene.h"

#include <ctype.h>
#include <string.h>

enum { FIRST_STACK = 1 };

static uint32_t site_of(uint32_t thread, uint32_t object)
{
    return thread * TRACE_MOST_OBJECTS + object;
}

trace_code_t rewrite_scene_place(uint32_t thread, uint32_t lock)
{
    return TRACE_CODE(0, FIRST_STACK + site_of(thread, lock));
}

struct fix_nesting rewrite_scene_nesting(uint32_t thread, uint32_t outer, uint32_t inner)
{
    return (struct fix_nesting){
        .outer_class = outer,
        .inner_class = inner,
        .outer_place = rewrite_scene_place(thread, outer),
        .inner_place = rewrite_scene_place(thread, inner),
    };
}

void rewrite_scene_init_from(struct rewrite_scene *scene)
{
    struct trace_builder *builder = &scene->builder;

    arena_init(&scene->arena, SIZE_MAX);
    for (size_t i = 0; i < builder->trace.event_count; i++)
        builder->events[i].site = site_of(builder->events[i].thread, builder->events[i].object);
    scene->execution.index = &scene->index;
    rewrite_scene_on(scene, &builder->trace);
}

void rewrite_scene_on(struct rewrite_scene *scene, const struct sync_trace *trace)
{
    uint64_t *addresses = arena_alloc(&scene->arena, trace->object_count, sizeof *addresses);

    scene->classes = arena_alloc(&scene->arena, trace->object_count, sizeof *scene->classes);
    for (uint32_t i = 0; i < trace->object_count; i++)
        scene->classes[i] = (uint32_t)(addresses[i] = i);
    scene->run = (struct rewrite_run){.trace = trace,
                                      .classes = scene->classes,
                                      .addresses = addresses,
                                      .execution = &scene->execution,
                                      .first_stack = FIRST_STACK};
}

void rewrite_scene_init(struct rewrite_scene *scene, const char *text)
{
    memset(&scene->builder, 0, sizeof scene->builder);
    micro_trace_build(&scene->builder, text);
    rewrite_scene_init_from(scene);
}

void rewrite_scene_destroy(struct rewrite_scene *scene)
{
    arena_destroy(&scene->arena);
}

void rewrite_scene_change(struct rewrite_scene *scene, const struct fix_change *change)
{
    trace_rewrite_make(&scene->arena, &scene->run, change, &scene->rewrite);
}

static const char *word_of(const struct sync_event *event)
{
    switch ((enum sync_event_kind)event->kind) {
    case SYNC_REQUEST:
        return "?";
    case SYNC_ACQUIRE:
        return (event->mode & SYNC_TRY) != 0 ? "t+" : "+";
    case SYNC_RELEASE:
        return "-";
    case SYNC_TRY_FAIL:
        return "!";
    case SYNC_WAIT_BEGIN:
        return "w";
    case SYNC_WAIT_END:
        return "W";
    case SYNC_SIGNAL:
    case SYNC_BROADCAST:
        return "s";
    default:
        return ".";
    }
}

const char *rewrite_scene_words(struct rewrite_scene *scene)
{
    const char *words = "";

    for (size_t i = 0; i < scene->rewrite.trace.event_count; i++) {
        const struct sync_event *event = &scene->rewrite.trace.events[i];
        int letter = 'A' + (int)event->object;
        words = arena_printf(&scene->arena, "%s%s%u%s%c%s", words, i > 0 ? " " : "", event->thread,
                             word_of(event),
                             (event->mode & SYNC_READER) != 0 ? tolower(letter) : letter,
                             (scene->rewrite.marks[i] & REWRITE_WITH_NEXT) != 0 ? "&" : "");
    }
    return words;
}
