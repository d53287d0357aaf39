/* Why nobody wakes those who wait: what was counted of each thing they wait for. */
#include "shim/core/everyone.h"

#include "shim/capture/stack.h"
#include "shim/capture/symbol.h"
#include "shim/core/blocked.h"
#include "shim/core/deadlock.h"
#include "shim/core/wakes.h"
#include "shim/platform/text.h"

static uint32_t get(const atomic_uint *field)
{
    return atomic_load_explicit(field, memory_order_relaxed);
}

static void add_last(struct text *story, const struct wake_record *wakes, const char *what)
{
    const struct known_stack *stack = stack_by_id(get(&wakes->stack));
    text_add(story, what);
    text_add_number(story, get(&wakes->thread));
    if (stack && stack->count) {
        text_add(story, " at ");
        if (!symbol_add(story, stack->frames[0].address - 1, SYMBOL_FUNCTION))
            text_add_hex(story, stack->frames[0].address);
    }
}

static void add_condition(struct text *story, const struct wake_record *wakes)
{
    if (!get(&wakes->wakes)) {
        text_add(story, " was never signalled");
        return;
    }
    add_last(story, wakes, " was signalled last by T");
    text_add(story, get(&wakes->waiting) ? ", when somebody waited" : ", when nobody waited");
}

static void add_barrier(struct text *story, const struct wake_record *wakes)
{
    uint64_t now = atomic_load_explicit(&wakes->now, memory_order_relaxed);
    text_add(story, ": ");
    text_add_number(story, wakes_waiting(now) - wakes_woken(now));
    text_add(story, " of ");
    text_add_number(story, get(&wakes->needed));
    text_add(story, " have come");
}

static void add_semaphore(struct text *story, const struct wake_record *wakes)
{
    text_add(story, " has no unit left; posted ");
    text_add_number(story, get(&wakes->wakes));
    text_add(story, " times, waited for ");
    text_add_number(story, get(&wakes->waits));
    text_add(story, " times");
    if (get(&wakes->wakes))
        add_last(story, wakes, ", posted last by T");
}

static void add_cause(struct text *story, const struct wait_view *view, const char *kind,
                      void (*add)(struct text *story, const struct wake_record *wakes))
{
    const struct wake_record *wakes = wakes_find((const void *)(uintptr_t)view->address);
    if (!wakes)
        return;
    text_add(story, "  ");
    text_add(story, kind);
    if (!symbol_add(story, view->address, SYMBOL_VARIABLE))
        text_add_hex(story, view->address);
    add(story, wakes);
    text_add(story, "\n");
}

static bool is_told(const struct deadlock *deadlock, uint32_t place)
{
    for (uint32_t i = 0; i < place; i++) {
        if (deadlock->threads[i].address == deadlock->threads[place].address)
            return true;
    }
    return false;
}

void everyone_tell(struct text *story, const struct deadlock *deadlock)
{
    for (uint32_t i = 0; i < deadlock->set_count; i++) {
        const struct wait_view *view = &deadlock->threads[i];
        if (!blocked_for_any(view) || is_told(deadlock, i))
            continue;
        if (view->kind == TRACE_WAIT_CONDITION)
            add_cause(story, view, "condition ", add_condition);
        else if (view->kind == TRACE_WAIT_BARRIER)
            add_cause(story, view, "barrier ", add_barrier);
        else
            add_cause(story, view, "semaphore ", add_semaphore);
    }
}
