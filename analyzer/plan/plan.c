#include "analyzer/plan/plan.h"

#include <inttypes.h>
#include <string.h>
#include "analyzer/report/place.h"

#define UNKNOWN_FUNCTION "?"

void plan_init(struct plan *plan, struct arena *arena, struct symbolizer *symbolizer)
{
    *plan = (struct plan){.arena = arena, .symbolizer = symbolizer, .origin = ""};
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

const char *plan_word(struct arena *arena, const char *text)
{
    char *word = arena_strdup(arena, text);
    for (char *next = word; *next != '\0'; next++) {
        *next = (unsigned char)*next <= ' ' || *next == '#' ? '_' : *next;
    }
    return word[0] != '\0' ? word : UNKNOWN_FUNCTION;
}

const char *plan_build_id(struct arena *arena, const uint8_t *bytes, size_t count)
{
    char *text = arena_alloc(arena, 2 * count + 2, 1);
    for (size_t i = 0; i < count; i++) {
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    }
    return count != 0 ? text : "-";
}

static void add_module(struct plan *plan, const struct module *module, const char *name)
{
    for (size_t i = 0; i < plan->modules.count; i++) {
        if (strcmp(plan->modules.items[i].name, name) == 0) {
            return;
        }
    }
    *array_add(plan->arena, &plan->modules) = (struct plan_module){
        name, plan_build_id(plan->arena, module->build_id, module->build_id_bytes)};
}

/* "transfer", "accounts+0x28"; a version belongs to the symbol's use, not to its name. */
static const char *symbol_word(struct plan *plan, const struct execution *execution,
                               trace_code_t code, bool is_call)
{
    uint64_t inside = 0;
    const char *symbol = symbolizer_symbol(plan->symbolizer, execution, code, is_call, &inside);
    if (symbol == NULL) {
        return UNKNOWN_FUNCTION;
    }
    int bytes = (int)strcspn(symbol, "@");
    return plan_word(plan->arena,
                     is_call || inside == 0
                         ? arena_printf(plan->arena, "%.*s", bytes, symbol)
                         : arena_printf(plan->arena, "%.*s+0x%" PRIx64, bytes, symbol, inside));
}

/* False in no module that is known. */
static bool make_frame(struct plan *plan, const struct execution *execution, trace_code_t code,
                       bool is_call, struct plan_frame *frame)
{
    const struct module *module = execution_find_module(execution, TRACE_CODE_MODULE(code));
    if (module == NULL) {
        return false;
    }
    frame->module = plan_word(plan->arena, base_name(module->path));
    frame->offset = TRACE_CODE_OFFSET(code);
    frame->function = symbol_word(plan, execution, code, is_call);
    add_module(plan, module, frame->module);
    return true;
}

struct plan_place plan_place_of_codes(struct plan *plan, const struct execution *execution,
                                      const trace_code_t *codes, size_t count, size_t limit)
{
    struct plan_place place = {.count = 0};
    while (place.count < count && place.count < limit && place.count < PLAN_FRAMES_MAX &&
           make_frame(plan, execution, codes[place.count], true, &place.frames[place.count])) {
        place.count++;
    }
    return place;
}

struct plan_place plan_place_of_data(struct plan *plan, const struct execution *execution,
                                     trace_code_t location)
{
    struct plan_place place = {.count = 0};
    place.count = make_frame(plan, execution, location, false, &place.frames[0]) ? 1 : 0;
    return place;
}

/* How many frames are the program's: our own library's is behind a thread's first function, and
 * what starts threads is of the system that it runs on. */
static size_t program_frames(const struct plan *plan, const struct execution *execution,
                             const struct stack *stack)
{
    size_t count = 0, last = 0;
    while (count < stack->frame_count) {
        struct frame_list list = symbolizer_call(plan->symbolizer, execution, stack->frames[count]);
        const struct frame *frame = &list.frames[list.count - 1];
        if (symbolizer_is_own(frame)) {
            break;
        }
        count++;
        last = place_is_start(frame) ? last : count;
    }
    return last != 0 ? last : count;
}

struct plan_place plan_place_of(struct plan *plan, const struct execution *execution,
                                uint32_t stack_id)
{
    const struct stack *stack = execution_find_stack(execution, stack_id);
    if (stack == NULL) {
        return (struct plan_place){.count = 0};
    }
    return plan_place_of_codes(plan, execution, stack->frames,
                               program_frames(plan, execution, stack), PLAN_FRAMES_MAX);
}
