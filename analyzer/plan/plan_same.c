#include <string.h>
#include "analyzer/plan/plan.h"

/* As many frames as tell places apart in a report. */
#define FRAMES_COMPARED 3

static const char *build_of(const struct plan *plan, const char *module)
{
    for (size_t i = 0; i < plan->modules.count; i++) {
        if (strcmp(plan->modules.items[i].name, module) == 0) {
            return plan->modules.items[i].build_id;
        }
    }
    return "-";
}

/* In one build the offset decides, else the function. */
static bool is_same_frame(const struct plan *a, const struct plan_frame *in_a, const struct plan *b,
                          const struct plan_frame *in_b)
{
    if (strcmp(in_a->module, in_b->module) != 0) {
        return false;
    }
    const char *build = build_of(a, in_a->module);
    if (strcmp(build, "-") != 0 && strcmp(build, build_of(b, in_b->module)) == 0) {
        return in_a->offset == in_b->offset;
    }
    return strcmp(in_a->function, "?") != 0 && strcmp(in_a->function, in_b->function) == 0;
}

static bool is_same_place(const struct plan *a, const struct plan_place *in_a, const struct plan *b,
                          const struct plan_place *in_b)
{
    size_t count = in_a->count < in_b->count ? in_a->count : in_b->count;
    for (size_t i = 0; i < count && i < FRAMES_COMPARED; i++) {
        if (!is_same_frame(a, &in_a->frames[i], b, &in_b->frames[i])) {
            return false;
        }
    }
    return count != 0;
}

static bool is_same_step(const struct plan *a, size_t in_a, const struct plan *b, size_t in_b)
{
    return is_same_place(a, &a->steps.items[in_a].requests, b, &b->steps.items[in_b].requests);
}

static bool is_among(const struct plan *part, size_t step, const struct plan *whole)
{
    for (size_t i = 0; i < whole->steps.count; i++) {
        if (is_same_step(part, step, whole, i)) {
            return true;
        }
    }
    return false;
}

static bool is_turned(const struct plan *a, const struct plan *b, size_t first)
{
    size_t count = a->steps.count;
    for (size_t i = 0; i < count; i++) {
        if (!is_same_step(a, i, b, (first + i) % count)) {
            return false;
        }
    }
    return true;
}

bool plan_is_same(const struct plan *part, const struct plan *whole)
{
    size_t count = part->steps.count;
    if (!part->is_set && !whole->is_set) {
        for (size_t first = 0; first < count && count == whole->steps.count; first++) {
            if (is_turned(part, whole, first)) {
                return true;
            }
        }
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!is_among(part, i, whole)) {
            return false;
        }
    }
    return count != 0;
}
