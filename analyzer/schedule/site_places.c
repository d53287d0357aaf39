#include "analyzer/schedule/site_places.h"

#include "analyzer/schedule/number_table.h"

const uint32_t *site_places_make(struct arena *arena, const struct execution *execution,
                                 const struct sync_trace *trace)
{
    struct number_table numbers = {0};
    uint32_t most = 0, known = 0;

    for (size_t i = 0; i < trace->event_count; i++)
        most = trace->events[i].site > most ? trace->events[i].site : most;
    uint32_t *places = arena_alloc(arena, (size_t)most + 1, sizeof *places);
    for (size_t i = 0; i < execution->stack_count; i++) {
        const struct stack *stack = &execution->stacks[i];
        if (stack->id > most || stack->frame_count == 0)
            continue;
        uint32_t *number = number_table_at(arena, &numbers, stack->frames[0]);
        if (*number == 0)
            *number = ++known;
        places[stack->id] = *number;
    }
    return places;
}
