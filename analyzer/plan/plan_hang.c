#include "analyzer/plan/plan_hang.h"

#include <string.h>
#include "analyzer/diagnose/hang_words.h"
#include "analyzer/report/place.h"

static uint32_t module_of(const struct execution *execution, const struct frame *frame)
{
    for (size_t i = 0; i < execution->module_count; i++) {
        if (strcmp(execution->modules[i].path, frame->module) == 0) {
            return execution->modules[i].id;
        }
    }
    return 0;
}

/* The stack behind the C library's function that the thread waits in, and what that is made of. */
static struct frame_list callers_of_wait(const struct wait *wait)
{
    struct frame_list list = wait->stack;
    size_t first = wait->function_frame;
    while (first < list.count &&
           strcmp(list.frames[first].module, list.frames[wait->function_frame].module) == 0) {
        first++;
    }
    return first < list.count ? (struct frame_list){list.count - first, list.frames + first}
                              : wait_program_frames(wait);
}

/* Where it called that function; inlined functions have no frame of their own. */
static struct plan_place place_of(struct plan *plan, struct subject *subject,
                                  const struct wait *wait)
{
    struct frame_list list = callers_of_wait(wait);
    trace_code_t codes[PLAN_FRAMES_MAX];
    size_t count = 0, own = 0;
    for (size_t i = 0; i < list.count && count < PLAN_FRAMES_MAX; i++) {
        const struct frame *frame = &list.frames[i];
        if (frame->inlined || symbolizer_is_own(frame)) {
            continue;
        }
        /* Its site is in the call: one before where that returns to. */
        codes[count++] = TRACE_CODE(module_of(&subject->execution, frame), frame->offset + 1);
        own = place_is_start(frame) ? own : count;
    }
    return plan_place_of_codes(plan, &subject->execution, codes, own != 0 ? own : count,
                               PLAN_FRAMES_MAX);
}

/* Where nobody goes on, who waits for the end of a thread only follows it. */
static bool only_follows(const struct hang *hang, const struct wait *wait)
{
    return hang->sort == HANG_EVERYONE && wait->kind == WAIT_JOIN;
}

bool plan_add_hang(struct plan *plan, struct subject *subject, const struct hang *hang)
{
    for (size_t i = 0; i < hang->count; i++) {
        const struct wait *wait = hang->waits[i];
        struct plan_place place = place_of(plan, subject, wait);
        if (place.count != 0 && !only_follows(hang, wait)) {
            *array_add(plan->arena, &plan->steps) = (struct plan_step){
                .requests = place,
                .waits = !wait_kind_has_holder(wait->kind),
                .rank = (unsigned)i,
                .text = hang_wants(subject, wait),
            };
        }
    }
    plan->is_set = hang->sort == HANG_EVERYONE;
    return plan->steps.count != 0;
}
