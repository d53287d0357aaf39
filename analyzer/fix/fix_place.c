#include "analyzer/fix/fix_place.h"

/* Of a stack without frames. */
static trace_code_t code_of_id(uint32_t stack)
{
    return TRACE_CODE(0, stack);
}

static trace_code_t innermost(const struct stack *stack, uint32_t id)
{
    return stack != NULL && stack->frame_count > 0 ? stack->frames[0] : code_of_id(id);
}

/* From the outermost frame inward. False: they have no frame in common there, or one of them ends
 * before they differ. */
static bool compare_from_outside(const struct stack *outer, const struct stack *inner,
                                 struct fix_places *places)
{
    uint32_t i = outer->frame_count, j = inner->frame_count;

    while (i > 0 && j > 0 && outer->frames[i - 1] == inner->frames[j - 1]) {
        i--;
        j--;
    }
    if (i == outer->frame_count || i == 0 || j == 0)
        return false;
    *places = (struct fix_places){outer->frames[i - 1], inner->frames[j - 1]};
    return true;
}

static bool compare_from_inside(const struct stack *outer, const struct stack *inner,
                                struct fix_places *places)
{
    uint32_t i = 0;

    while (i < outer->frame_count && i < inner->frame_count && outer->frames[i] == inner->frames[i])
        i++;
    if (i == outer->frame_count || i == inner->frame_count)
        return false;
    *places = (struct fix_places){outer->frames[i], inner->frames[i]};
    return true;
}

struct fix_places fix_places_find(const struct execution *execution, uint32_t outer_stack,
                                  uint32_t inner_stack)
{
    const struct stack *outer = execution_find_stack(execution, outer_stack);
    const struct stack *inner = execution_find_stack(execution, inner_stack);
    struct fix_places places = {innermost(outer, outer_stack), innermost(inner, inner_stack)};

    if (outer == NULL || inner == NULL || outer->frame_count == 0 || inner->frame_count == 0)
        return places;
    if (outer->truncated || inner->truncated || !compare_from_outside(outer, inner, &places))
        (void)compare_from_inside(outer, inner, &places);
    return places;
}

bool fix_place_has(const struct execution *execution, trace_code_t place, uint32_t id)
{
    const struct stack *stack = execution_find_stack(execution, id);

    if (stack == NULL || stack->frame_count == 0)
        return place == code_of_id(id);
    for (uint32_t i = 0; i < stack->frame_count; i++) {
        if (stack->frames[i] == place)
            return true;
    }
    return false;
}
