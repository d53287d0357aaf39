#include "analyzer/report/applied_fix.h"

#include "analyzer/report/totals.h"

const char *applied_fix_word(enum trace_fix_kind kind)
{
    switch (kind) {
#define X(number, NAME, word, one, several)                                                        \
    case TRACE_FIX_##NAME:                                                                         \
        return #word;
#include "trace/fix_kinds.def"
#undef X
    }
    return "";
}

static const char *what_locks_were(enum trace_fix_kind kind, uint32_t locks)
{
    switch (kind) {
#define X(number, NAME, word, one, several)                                                        \
    case TRACE_FIX_##NAME:                                                                         \
        return locks == 1 ? one : several;
#include "trace/fix_kinds.def"
#undef X
    }
    return "";
}

/* "1,204 acquisitions" */
static const char *grouped_count(struct arena *arena, uint64_t count, const char *noun)
{
    const char *digits = "";
    uint64_t rest = count;
    for (; rest >= 1000; rest /= 1000) {
        digits = arena_printf(arena, ",%03u%s", (unsigned)(rest % 1000), digits);
    }
    return arena_printf(arena, "%u%s %s%s", (unsigned)rest, digits, noun, count == 1 ? "" : "s");
}

static const char *how_often(struct arena *arena, const struct applied_fix *fix)
{
    if (fix->kind == TRACE_FIX_RECURSIVE) {
        return arena_printf(arena, "%s by who had it already",
                            grouped_count(arena, fix->acquisitions, "acquisition"));
    }
    return grouped_count(arena, fix->acquisitions, "acquisition");
}

static const char *what_it_did(struct arena *arena, const struct applied_fix *fix)
{
    if (fix->locks == 0) {
        return fix->left == 0 ? "no lock of the program matched it" : "nothing was changed";
    }
    const char *waits = fix->waits == 0 ? ""
                                        : arena_printf(arena, "; it was held in %s for a condition",
                                                       grouped_count(arena, fix->waits, "wait"));
    return arena_printf(arena, "%s %s; %s%s", totals_count(arena, fix->locks, "lock"),
                        what_locks_were(fix->kind, fix->locks), how_often(arena, fix), waits);
}

const char *applied_fix_text(struct arena *arena, const struct applied_fix *fix)
{
    const char *left =
        fix->left == 0
            ? ""
            : arena_printf(arena,
                           "; %s left, of a kind that it cannot be done with, or in use when "
                           "first seen",
                           totals_count(arena, fix->left, "lock"));
    return arena_printf(arena, "with fix %s '%s' of %s: %s%s", applied_fix_word(fix->kind),
                        fix->name, fix->plan, what_it_did(arena, fix), left);
}
