/* What a thread holds while a trace is walked, the last taken on top. Linear in what is held; most
 * releases find theirs at the top. */
#ifndef UNKNOT_SCHEDULE_HELD_STACK_H
#define UNKNOT_SCHEDULE_HELD_STACK_H

#include <stdbool.h>
#include "analyzer/base/array.h"

struct held_entry {
    uint32_t object;
    uint32_t reader;
    uint32_t tag; /* the walker's own */
};

struct held_stack {
    struct held_entry *items;
    size_t count, capacity;
};

static inline void held_stack_push(struct arena *arena, struct held_stack *stack, uint32_t object,
                                   bool reader, uint32_t tag)
{
    *array_add(arena, stack) = (struct held_entry){object, reader, tag};
}

/* Takes out the entry of the object that was pushed last; its tag goes to *tag. False: none is. */
static inline bool held_stack_remove(struct held_stack *stack, uint32_t object, uint32_t *tag)
{
    size_t i = stack->count;

    while (i > 0 && stack->items[i - 1].object != object)
        i--;
    if (i == 0)
        return false;
    if (tag != NULL)
        *tag = stack->items[i - 1].tag;
    for (stack->count--; i <= stack->count; i++)
        stack->items[i - 1] = stack->items[i];
    return true;
}

#endif
