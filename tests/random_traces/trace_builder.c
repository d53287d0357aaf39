#include "tests/random_traces/trace_builder.h"

#include <stdio.h>
#include <stdlib.h>

static void check_room(size_t count, size_t most, const char *what)
{
    if (count < most)
        return;
    fprintf(stderr, "trace_builder: more than %zu %s\n", most, what);
    abort();
}

uint32_t trace_builder_object(struct trace_builder *builder, enum sync_object_kind kind,
                              uint32_t initial, uint32_t thread)
{
    check_room(builder->trace.object_count, TRACE_MOST_OBJECTS, "objects");
    builder->trace.objects = builder->objects;
    builder->objects[builder->trace.object_count] = (struct sync_object){kind, initial, thread};
    return builder->trace.object_count++;
}

void trace_builder_event(struct trace_builder *builder, uint32_t thread, enum sync_event_kind kind,
                         uint32_t object, uint32_t mode)
{
    check_room(builder->trace.event_count, TRACE_MOST_EVENTS, "events");
    if (thread >= builder->trace.thread_count)
        builder->trace.thread_count = thread + 1;
    builder->trace.events = builder->events;
    builder->events[builder->trace.event_count] = (struct sync_event){
        .thread = thread,
        .object = object,
        .site = (uint32_t)builder->trace.event_count,
        .kind = (uint8_t)kind,
        .mode = (uint8_t)mode,
    };
    builder->trace.event_count++;
}

static const char *kind_name(uint8_t kind)
{
    static const char *const names[] = {
#define X(name, text) #name,
#include "analyzer/schedule/sync_events.def"
#undef X
    };
    return names[kind];
}

void trace_builder_print(const struct trace_builder *builder)
{
    static const char *const modes[] = {"reader", "try", "timed", "in-wait", "not-woken", "seen"};
    static const char object_letters[] = "LQCSBTV";

    for (uint32_t i = 0; i < builder->trace.object_count; i++) {
        const struct sync_object *object = &builder->objects[i];
        if (object->kind == SYNC_SEMAPHORE || object->kind == SYNC_BARRIER)
            printf("%c%u: %d\n", object_letters[object->kind], i, (int)object->initial);
    }
    for (size_t i = 0; i < builder->trace.event_count; i++) {
        const struct sync_event *event = &builder->events[i];
        printf("%3zu %*sT%u %s %c%u", i, (int)event->thread * 4, "", event->thread,
               kind_name(event->kind), object_letters[builder->objects[event->object].kind],
               event->object);
        for (size_t m = 0; m < sizeof modes / sizeof *modes; m++) {
            if ((event->mode >> m & 1) != 0)
                printf(" %s", modes[m]);
        }
        printf("\n");
    }
}
