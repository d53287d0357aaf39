#include "analyzer/misuse/misuse.h"

#include <string.h>

#define CALLERS_MAX 8 /* that a result is followed through */

/* Up the recorded stack while functions pass the result on. */
static enum result_use use_of_result(struct caller_code *reader, const struct execution *execution,
                                     uint32_t stack_id)
{
    const struct stack *stack = execution_find_stack(execution, stack_id);
    size_t count = stack != NULL ? stack->frame_count : 0;
    enum result_use use = RESULT_PASSED;
    for (size_t i = 0; i < count && i < CALLERS_MAX && use == RESULT_PASSED; i++) {
        struct code code;
        uint64_t address;
        if (!caller_code_find(reader, execution, stack->frames[i], &code, &address)) {
            return RESULT_UNKNOWN;
        }
        use = result_use_find(&code, address);
    }
    return use == RESULT_PASSED ? RESULT_UNKNOWN : use;
}

static bool is_finding(struct caller_code *reader, const struct execution *execution,
                       const struct trace_misuse *misuse, struct analysis *analysis)
{
    if ((misuse->flags & TRACE_MISUSE_IF_IGNORED) == 0) {
        return true;
    }
    enum result_use use = use_of_result(reader, execution, misuse->places[0].stack);
    analysis->misuses_unclear += use == RESULT_UNKNOWN;
    return use == RESULT_IGNORED;
}

/* Both are recorded as the rule that was broken, but of a hazard nothing has happened yet. */
static struct finding finding_of(const struct execution *execution,
                                 const struct trace_misuse *misuse, size_t id)
{
    bool is_hazard = misuse->rule == MISUSE_SIGNAL_HANDLER_LOCK;
    return (struct finding){
        .id = id,
        .kind = is_hazard ? FINDING_HAZARD : FINDING_MISUSE,
        .confidence = is_hazard ? CONFIDENCE_POSSIBLE : CONFIDENCE_HAPPENED,
        .execution = execution,
        .misuse = misuse,
        .instances = misuse->count,
    };
}

void misuse_analyze(struct arena *arena, struct caller_code *reader,
                    const struct execution *execution, struct analysis *analysis)
{
    size_t before = analysis->finding_count;
    struct finding *findings =
        arena_alloc(arena, before + execution->misuse_count + 1, sizeof *findings);
    if (before != 0) {
        memcpy(findings, analysis->findings, before * sizeof *findings);
    }
    analysis->findings = findings;
    for (size_t i = 0; i < execution->misuse_count; i++) {
        const struct trace_misuse *misuse = execution->misuses[i];
        if (is_finding(reader, execution, misuse, analysis)) {
            size_t place = analysis->finding_count++;
            findings[place] = finding_of(execution, misuse, place + 1);
        }
    }
}
