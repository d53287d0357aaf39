#include "analyzer/report/call_chain.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "analyzer/base/table.h"
#include "analyzer/misuse/same_calls.h"
#include "analyzer/report/place.h"

struct known_stack {
    struct known_stack_key {
        const struct execution *execution;
        uint64_t stack;
    } key;
    struct call_chain chain;
    UT_hash_handle hh;
};

/* The frames of every call that has the target of one. */
struct known_calls {
    struct known_calls_key {
        const struct execution *execution;
        trace_code_t returns;
    } key;
    ARRAY(struct frame_list) calls;
    UT_hash_handle hh;
};

struct call_chains {
    struct arena *arena;
    struct symbolizer *symbolizer;
    struct caller_code *code;
    struct known_stack *stacks;
    struct known_calls *calls;
};

struct call_chains *call_chains_create(struct arena *arena, struct symbolizer *symbolizer,
                                       struct caller_code *code)
{
    struct call_chains *chains = arena_alloc(arena, 1, sizeof *chains);
    chains->arena = arena;
    chains->symbolizer = symbolizer;
    chains->code = code;
    return chains;
}

static void find_calls(struct call_chains *chains, const struct execution *execution,
                       trace_code_t returns, struct known_calls *known)
{
    struct same_calls same = {0};
    struct code code;
    uint64_t start, end, address;
    if (!symbolizer_function(chains->symbolizer, execution, returns, &start, &end) ||
        !caller_code_find(chains->code, execution, returns, &code, &address)) {
        return;
    }
    same_calls_find(chains->arena, &code, start, end, address, &same);
    for (size_t i = 0; i < same.returns.count; i++) {
        trace_code_t other = TRACE_CODE(TRACE_CODE_MODULE(returns), same.returns.items[i]);
        *array_add(chains->arena, &known->calls) =
            symbolizer_call(chains->symbolizer, execution, other);
    }
}

static const struct known_calls *calls_like(struct call_chains *chains,
                                            const struct execution *execution, trace_code_t returns)
{
    struct arena *arena = chains->arena;
    struct known_calls *known;
    struct known_calls_key key;
    memset(&key, 0, sizeof key);
    key.execution = execution;
    key.returns = returns;
    HASH_FIND(hh, chains->calls, &key, sizeof key, known);
    if (known == NULL) {
        known = arena_alloc(arena, 1, sizeof *known);
        known->key = key;
        find_calls(chains, execution, returns, known);
        HASH_ADD(hh, chains->calls, key, sizeof known->key, known);
    }
    return known;
}

static bool same_function(const struct frame *a, const struct frame *b)
{
    return a->function != NULL && b->function != NULL && strcmp(a->function, b->function) == 0;
}

/* Where the same function stands in another call's frames, with the same one below it; NULL if it
 * does not. `depth`: how many functions are inlined below. */
static const struct frame *find_frame(struct frame_list call, const struct frame *frame,
                                      size_t depth)
{
    if (depth == 0) {
        return same_function(&call.frames[0], frame) ? &call.frames[0] : NULL;
    }
    for (size_t i = 1; i < call.count; i++) {
        if (same_function(&call.frames[i], frame) &&
            same_function(&call.frames[i - 1], frame - 1)) {
            return &call.frames[i];
        }
    }
    return NULL;
}

static uint64_t position_of(const struct frame *frame)
{
    return frame->line != 0 ? frame->line : frame->offset;
}

static int compare(const void *a, const void *b)
{
    const uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

/* From 1; 0 where the code cannot tell. */
static size_t rank_of(struct call_chains *chains, const struct known_calls *known,
                      const struct frame *frame, size_t depth)
{
    ARRAY(uint64_t) positions = {0};
    size_t rank = 0;
    for (size_t i = 0; i < known->calls.count; i++) {
        const struct frame *other = find_frame(known->calls.items[i], frame, depth);
        if (other != NULL && (other->line != 0) == (frame->line != 0) &&
            position_of(other) <= position_of(frame)) {
            *array_add(chains->arena, &positions) = position_of(other);
        }
    }
    if (positions.count != 0) { /* qsort takes no null pointer, not even for nothing */
        qsort(positions.items, positions.count, sizeof(uint64_t), compare);
    }
    for (size_t i = 0; i < positions.count; i++) {
        rank += i == 0 || positions.items[i] != positions.items[i - 1];
    }
    return rank;
}

/* The return address that the frame and those inlined into it belong to; 0 if there is none. */
static trace_code_t return_address(const struct execution *execution, uint32_t stack_id,
                                   const struct frame *frame)
{
    const struct stack *stack = execution_find_stack(execution, stack_id);
    for (uint32_t i = 0; stack != NULL && i < stack->frame_count; i++) {
        const struct module *module =
            execution_find_module(execution, TRACE_CODE_MODULE(stack->frames[i]));
        if (module != NULL && TRACE_CODE_OFFSET(stack->frames[i]) == frame->offset + 1 &&
            strcmp(module->path, frame->module) == 0) {
            return stack->frames[i];
        }
    }
    return 0;
}

static void add_frame(struct call_chains *chains, const struct execution *execution, uint32_t stack,
                      const struct frame *frame, size_t depth, struct call_chain *chain)
{
    struct arena *arena = chains->arena;
    trace_code_t returns = return_address(execution, stack, frame);
    size_t rank = frame->function != NULL && returns != 0
                      ? rank_of(chains, calls_like(chains, execution, returns), frame, depth)
                      : 0;
    const char *separator = chain->text[0] != '\0' ? " < " : "";
    chain->text =
        arena_printf(arena, "%s%s%s", chain->text, separator, place_function(arena, frame));
    if (rank != 0) {
        chain->text = arena_printf(arena, "%s#%zu", chain->text, rank);
    }
    chain->lines = arena_printf(arena, "%s%s%s:%010" PRIu32 ":%010" PRIx64, chain->lines, separator,
                                frame->file != NULL ? frame->file : "", frame->line,
                                frame->line == 0 ? frame->offset : 0);
}

static struct call_chain make_chain(struct call_chains *chains, const struct execution *execution,
                                    uint32_t stack)
{
    struct call_chain chain = {"", ""};
    struct frame_list all = symbolizer_stack(chains->symbolizer, execution, stack);
    struct frame_list program = place_program_frames(all);
    for (size_t i = 0; i < program.count && i < CALL_CHAIN_FRAMES; i++) {
        const struct frame *frame = &program.frames[i];
        size_t depth = 0;
        while (frame - depth > all.frames && frame[-(ptrdiff_t)depth - 1].inlined) {
            depth++;
        }
        add_frame(chains, execution, stack, frame, depth, &chain);
    }
    return chain;
}

struct call_chain call_chain_of(struct call_chains *chains, const struct execution *execution,
                                uint32_t stack)
{
    struct arena *arena = chains->arena;
    struct known_stack *known;
    struct known_stack_key key;
    memset(&key, 0, sizeof key);
    key.execution = execution;
    key.stack = stack;
    HASH_FIND(hh, chains->stacks, &key, sizeof key, known);
    if (known == NULL) {
        known = arena_alloc(arena, 1, sizeof *known);
        known->key = key;
        known->chain = make_chain(chains, execution, stack);
        HASH_ADD(hh, chains->stacks, key, sizeof known->key, known);
    }
    return known->chain;
}
