/* A deadlock in words, at the moment it happens: for a person who watches the program hang. Lines
 * of source are for the report; here a place is a function or a file and an offset. */
#include "shim/core/deadlock.h"

#include <string.h>

#include "shim/capture/stack.h"
#include "shim/capture/symbol.h"
#include "shim/core/everyone.h"
#include "shim/core/lifecycle.h"
#include "shim/core/lock_table.h"
#include "shim/core/orphan.h"
#include "shim/platform/memory.h"
#include "shim/platform/options.h"
#include "shim/platform/recording.h"
#include "shim/platform/text.h"

enum { STORY_BYTES = 64 * 1024, FRAMES_SHOWN = 4, HOLDS_SHOWN = 8, STUCK_SHOWN = 16 };

static const char *kind_word(uint32_t kind)
{
    switch (kind) {
#define X(number, NAME, text)                                                                      \
    case TRACE_LOCK_##NAME:                                                                        \
        return text;
#include "trace/lock_kinds.def"
#undef X
    case TRACE_WAIT_CONDITION:
        return "condition";
    case TRACE_WAIT_BARRIER:
        return "barrier";
    default:
        return "semaphore";
    }
}

static void add_thread(struct text *story, uint32_t id, uint32_t kernel_tid, const char *name)
{
    text_add(story, "T");
    text_add_number(story, id);
    if (name[0]) {
        text_add(story, " '");
        text_add(story, name);
        text_add(story, "'");
    }
    text_add(story, " (tid ");
    text_add_number(story, kernel_tid);
    text_add(story, ")");
}

/* A static lock has a name. */
static void add_lock(struct text *story, uint32_t kind, uint64_t address)
{
    text_add(story, kind_word(kind));
    text_add(story, " ");
    if (!symbol_add(story, address, SYMBOL_VARIABLE))
        text_add_hex(story, address);
}

/* Where it was called, and from where that was: the innermost frames are the hook's callers. */
static void add_place(struct text *story, uint32_t stack_id)
{
    const struct known_stack *stack = stack_by_id(stack_id);
    if (!stack)
        text_add(story, " at an unknown place");
    for (uint32_t i = 0; stack && i < stack->count && i < FRAMES_SHOWN; i++) {
        text_add(story, i ? ", from " : " at ");
        if (!symbol_add(story, stack->frames[i].address - 1, SYMBOL_FUNCTION))
            text_add_hex(story, stack->frames[i].address);
    }
    text_add(story, "\n");
}

static uint32_t kind_of(const struct trace_held *held)
{
    struct lock_entry entry;
    bool is_known = lock_table_get((const void *)(uintptr_t)held->address, held->lock, &entry);
    return is_known ? entry.kind : TRACE_LOCK_CUSTOM;
}

static void add_holds(struct text *story, const struct wait_view *view)
{
    for (uint32_t i = 0; i < view->live->held_count && i < HOLDS_SHOWN; i++) {
        const struct trace_held *held = &view->live->held[i];
        text_add(story, "    holds ");
        add_lock(story, kind_of(held), lock_object_place(held->address));
        text_add(story, held->site_mode & TRACE_MODE_READ ? " for reading, taken" : ", taken");
        add_place(story, held->stack);
    }
}

static void add_wait(struct text *story, const struct wait_view *view)
{
    text_add(story, "    waits for ");
    if (view->kind == TRACE_LOCK_THREAD) {
        text_add(story, "the end of T");
        text_add_number(story, view->other);
    } else {
        add_lock(story, view->kind, lock_object_place(view->address));
    }
    text_add(story, view->mode & TRACE_MODE_READ ? " to read," : "");
    add_place(story, view->stack);
}

static void add_process(struct text *story, uint32_t pid)
{
    text_add(story, "  ");
    if (!pid)
        return;
    text_add(story, "process ");
    text_add_number(story, pid);
    text_add(story, " ");
}

/* Its code is not mapped here: where it stands its own recording tells. */
static void add_member_elsewhere(struct text *story, const struct wait_view *view)
{
    add_process(story, view->pid);
    add_thread(story, view->id, view->live->kernel_tid, "");
    text_add(story, "\n    waits for ");
    text_add(story, kind_word(view->kind));
    text_add(story, " ");
    text_add_hex(story, view->address);
    text_add(story, " there\n");
}

static void add_member(struct text *story, const struct wait_view *view)
{
    if (view->pid) {
        add_member_elsewhere(story, view);
        return;
    }
    text_add(story, "  ");
    add_thread(story, view->id, view->state->kernel_tid, view->state->name);
    if (view->state->created_stack) {
        text_add(story, ", created");
        add_place(story, view->state->created_stack);
    } else {
        text_add(story, "\n");
    }
    add_holds(story, view);
    add_wait(story, view);
}

static void add_gone(struct text *story, const struct deadlock *deadlock)
{
    const struct orphan *gone = deadlock->gone;
    if (!gone) {
        text_add(story, "  its owner has ended\n");
        return;
    }
    add_process(story, gone->pid);
    add_thread(story, gone->thread, gone->kernel_tid, gone->name);
    if (gone->pid) {
        text_add(story, " has ended and held it\n");
        return;
    }
    text_add(story, gone->is_of_parent ? " of the parent process held it at the fork; taken"
                                       : " has ended and held it; taken");
    add_place(story, gone->held.stack);
}

static void add_stuck(struct text *story, const struct deadlock *deadlock)
{
    uint32_t count = deadlock->stuck_count;
    if (!count)
        return;
    text_add(story, "  stuck behind: ");
    for (uint32_t i = 0; i < count && i < STUCK_SHOWN; i++) {
        const struct wait_view *view = &deadlock->threads[deadlock->set_count + i];
        text_add(story, i ? ", " : "");
        add_thread(story, view->id, view->state->kernel_tid, view->state->name);
    }
    if (count > STUCK_SHOWN) {
        text_add(story, " and ");
        text_add_number(story, count - STUCK_SHOWN);
        text_add(story, " more");
    }
    text_add(story, "\n");
}

static void add_heading(struct text *story, const struct deadlock *deadlock)
{
    bool was_timed = deadlock->is_suspected && deadlock->sort != TRACE_DEADLOCK_EVERYONE;
    text_add(story, deadlock->is_suspected ? "unknot: probably a deadlock" : "unknot: deadlock");
    text_add(story, was_timed ? ", unchanged for a second: " : ": ");
    if (deadlock->is_owner_gone) {
        text_add(story, "a thread waits for a lock whose owner is gone\n");
    } else if (deadlock->sort == TRACE_DEADLOCK_EVERYONE) {
        text_add(story, "every thread waits, and none is left to wake another\n");
    } else if (deadlock->set_count == 1) {
        text_add(story, "a thread waits for itself\n");
    } else {
        text_add_number(story, deadlock->set_count);
        text_add(story, " threads wait for each other\n");
    }
}

/* Its folder, if other processes have a part in it. */
static void add_recording(struct text *story, const struct deadlock *deadlock)
{
    const char *path = recording_path(), *slash = strrchr(path, '/');
    size_t length = strlen(path);
    bool is_of_several = deadlock->gone && deadlock->gone->pid;
    for (uint32_t i = 0; i < deadlock->set_count; i++)
        is_of_several |= deadlock->threads[i].pid != 0;
    if (!length)
        return;
    text_add(story, "  in full: unknot report ");
    text_add_bytes(story, path, is_of_several && slash ? (size_t)(slash - path) : length);
    text_add(story, "\n");
}

void deadlock_tell(const struct deadlock *deadlock)
{
    bool at_the_end = deadlock->ends_program && !options.exit_report;
    char *buffer = at_the_end ? NULL : memory_map(STORY_BYTES);
    if (!buffer)
        return;
    struct text story = text_over(buffer, STORY_BYTES);
    add_heading(&story, deadlock);
    for (uint32_t i = 0; i < deadlock->set_count; i++)
        add_member(&story, &deadlock->threads[i]);
    if (deadlock->is_owner_gone)
        add_gone(&story, deadlock);
    if (deadlock->sort == TRACE_DEADLOCK_EVERYONE)
        everyone_tell(&story, deadlock);
    add_stuck(&story, deadlock);
    add_recording(&story, deadlock);
    lifecycle_write(&story);
    memory_unmap(buffer, STORY_BYTES);
}
