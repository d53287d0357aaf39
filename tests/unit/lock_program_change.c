#include <stdlib.h>
#include <string.h>
#include "tests/unit/lock_program.h"

enum { GATE = LOCK_PROGRAM_LOCKS - 1 };

/* One thread's operations, being changed. */
struct editor {
    struct lock_program *program;
    const struct fix_change *change;
    struct lock_operation *operations;
    uint32_t *count;
};

static bool has_class(const struct fix_change *change, uint32_t lock_class)
{
    for (size_t i = 0; i < change->class_count; i++) {
        if (change->classes[i] == lock_class)
            return true;
    }
    return false;
}

static uint32_t rank_of(const struct fix_change *change, uint32_t lock_class)
{
    uint32_t rank = 0;

    while (rank < change->class_count && change->classes[rank] != lock_class)
        rank++;
    return rank;
}

static void insert(struct editor *editor, uint32_t at, struct lock_operation operation)
{
    if (*editor->count == LOCK_PROGRAM_OPERATIONS)
        abort();
    memmove(&editor->operations[at + 1], &editor->operations[at],
            (*editor->count - at) * sizeof operation);
    editor->operations[at] = operation;
    ++*editor->count;
}

static struct lock_operation take_out(struct editor *editor, uint32_t at)
{
    struct lock_operation operation = editor->operations[at];

    --*editor->count;
    memmove(&editor->operations[at], &editor->operations[at + 1],
            (*editor->count - at) * sizeof operation);
    return operation;
}

static bool is_at(const struct editor *editor, const struct lock_operation *operation,
                  uint32_t lock_class, trace_code_t place)
{
    return operation->kind != OPERATION_UNLOCK &&
           editor->program->classes[operation->lock] == lock_class &&
           TRACE_CODE_OFFSET(place) == 0x100 + operation->place;
}

/* Where what was locked at `at` is unlocked. */
static uint32_t end_of(const struct editor *editor, uint32_t at)
{
    uint32_t end = at + 1;

    while (editor->operations[end].kind != OPERATION_UNLOCK ||
           editor->operations[end].lock != editor->operations[at].lock)
        end++;
    return end;
}

/* The operation inside the section at `at` that the nesting is about; 0: there is none. */
static uint32_t find_inner(const struct editor *editor, uint32_t at,
                           const struct fix_nesting *nesting)
{
    uint32_t end = end_of(editor, at);

    for (uint32_t i = at + 1; i < end; i++) {
        if (is_at(editor, &editor->operations[i], nesting->inner_class, nesting->inner_place))
            return i;
    }
    return 0;
}

static void pass_gates(struct editor *editor)
{
    uint32_t held = 0;
    bool has_gate = false;

    for (uint32_t i = 0; i < *editor->count; i++) {
        const struct lock_operation *operation = &editor->operations[i];
        bool is_locked = has_class(editor->change, editor->program->classes[operation->lock]);
        for (size_t j = 0; j < editor->change->nesting_count && !has_gate; j++) {
            const struct fix_nesting *nesting = &editor->change->nestings[j];
            has_gate =
                is_at(editor, &editor->operations[i], nesting->outer_class, nesting->outer_place);
            if (has_gate)
                insert(editor, i++, (struct lock_operation){OPERATION_LOCK, GATE, 0, 0});
        }
        operation = &editor->operations[i];
        if (is_locked)
            held += operation->kind == OPERATION_UNLOCK ? -1U : 1U;
        if (has_gate && held == 0) {
            insert(editor, ++i, (struct lock_operation){OPERATION_UNLOCK, GATE, 0, 0});
            has_gate = false;
        }
    }
}

static void try_inner(struct editor *editor, uint32_t at, const struct fix_nesting *nesting)
{
    uint32_t inner = find_inner(editor, at, nesting);

    if (inner != 0) {
        editor->operations[inner].kind = OPERATION_TRY;
        editor->operations[inner].back = at;
    }
}

/* The first that any nesting of this section is about; 0: there is none. */
static uint32_t find_first_inner(const struct editor *editor, uint32_t at)
{
    uint32_t first = 0;

    for (size_t i = 0; i < editor->change->nesting_count; i++) {
        const struct fix_nesting *nesting = &editor->change->nestings[i];
        uint32_t inner = 0;
        if (is_at(editor, &editor->operations[at], nesting->outer_class, nesting->outer_place))
            inner = find_inner(editor, at, nesting);
        if (inner != 0 && (first == 0 || inner < first))
            first = inner;
    }
    return first;
}

/* What comes after, in the same section, is met when it is looked at from the lock taken again.
 * Several are taken again in the order in which they were taken: `back` marks them. */
static void release_before_inner(struct editor *editor, uint32_t at)
{
    uint32_t inner = find_first_inner(editor, at), end;
    struct lock_operation again = editor->operations[at];

    if (inner == 0)
        return;
    again.back = inner;
    end = end_of(editor, inner) + 1;
    while (editor->operations[end].kind == OPERATION_LOCK && editor->operations[end].back != 0)
        end++;
    insert(editor, end, again);
    again.kind = OPERATION_UNLOCK;
    insert(editor, inner, again);
}

static bool comes_before(const struct editor *editor, const struct lock_operation *a,
                         const struct lock_operation *b)
{
    uint32_t one = editor->program->classes[a->lock], other = editor->program->classes[b->lock];

    return one == other ? a->lock < b->lock
                        : rank_of(editor->change, one) < rank_of(editor->change, other);
}

static uint32_t position_of(const struct editor *editor, uint32_t from, uint32_t lock)
{
    while (editor->operations[from].lock != lock)
        from++;
    return from;
}

/* To the outer place: all that belongs there, in their order. Returns the last of them. */
static uint32_t move_inner(struct editor *editor, uint32_t at)
{
    const struct fix_change *change = editor->change;
    const struct lock_operation outer = editor->operations[at];
    uint32_t last = at;

    for (size_t i = 0; i < change->nesting_count; i++) {
        const struct fix_nesting *nesting = &change->nestings[i];
        if (!is_at(editor, &outer, nesting->outer_class, nesting->outer_place))
            continue;
        uint32_t inner = find_inner(editor, position_of(editor, at, outer.lock), nesting);
        if (inner <= last || (change->kind == FIX_REORDER &&
                              !comes_before(editor, &editor->operations[inner], &outer)))
            continue;
        struct lock_operation moved = take_out(editor, inner);
        uint32_t to = at;
        while (to <= last && comes_before(editor, &editor->operations[to], &moved))
            to++;
        insert(editor, to, moved);
        last++;
    }
    return last;
}

static void change_sections(struct editor *editor)
{
    const struct fix_change *change = editor->change;

    for (uint32_t i = 0; i < *editor->count; i++) {
        if (editor->operations[i].kind != OPERATION_LOCK)
            continue;
        if (change->kind == FIX_REORDER || change->kind == FIX_PRE_ACQUIRE) {
            i = move_inner(editor, i);
            continue;
        }
        if (change->kind == FIX_RELEASE_FIRST)
            release_before_inner(editor, i);
        for (size_t j = 0; change->kind == FIX_TRY_BACKOFF && j < change->nesting_count; j++) {
            const struct fix_nesting *nesting = &change->nestings[j];
            if (is_at(editor, &editor->operations[i], nesting->outer_class, nesting->outer_place))
                try_inner(editor, i, nesting);
        }
    }
}

/* The first lock of the classes stands for all. */
static void merge(struct lock_program *program, const struct fix_change *change)
{
    uint32_t first = 0;

    while (!has_class(change, program->classes[first]))
        first++;
    program->is_recursive = true;
    for (uint32_t i = 0; i < program->thread_count; i++) {
        for (uint32_t j = 0; j < program->counts[i]; j++) {
            uint32_t *lock = &program->operations[i][j].lock;
            if (has_class(change, program->classes[*lock]))
                *lock = first;
        }
    }
}

void lock_program_change(struct lock_program *program, const struct fix_change *change)
{
    if (change->kind == FIX_RECURSIVE_LOCK && change->keeps_apart) {
        program->is_recursive = true;
        return;
    }
    if (change->kind == FIX_RECURSIVE_LOCK || change->kind == FIX_SINGLE_LOCK) {
        merge(program, change);
        return;
    }
    for (uint32_t i = 0; i < program->thread_count; i++) {
        struct editor editor = {program, change, program->operations[i], &program->counts[i]};
        if (change->kind == FIX_GATE_LOCK)
            pass_gates(&editor);
        else
            change_sections(&editor);
    }
}
