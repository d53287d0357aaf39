#include "analyzer/diagnose/hang_words.h"

#include <inttypes.h>
#include <string.h>
#include "analyzer/report/remedy.h"
#include "analyzer/report/rule_help.h"

#define TITLE_LOCKS_MAX 6

enum finding_kind hang_finding_kind(const struct hang *hang)
{
    return hang->sort == HANG_SELF ? FINDING_SELF_DEADLOCK : FINDING_DEADLOCK;
}

enum confidence hang_confidence(const struct hang *hang)
{
    return hang_is_certain(hang) ? CONFIDENCE_HAPPENED : CONFIDENCE_SUSPECTED;
}

const char *hang_rule(const struct hang *hang)
{
    switch (hang->sort) {
    case HANG_SELF:
        return "self-deadlock";
    case HANG_GONE:
        return hang->forked_from != 0 ? "owner-not-forked" : "owner-gone";
    case HANG_EVERYONE:
        return "everyone-blocked";
    case HANG_CIRCLE:
        break;
    }
    return "circle";
}

static const char *thread_of(struct subject *subject, uint32_t tid)
{
    const struct target_thread *thread = target_find_thread(subject->target, tid);
    return thread != NULL ? subject_thread_name(subject, thread)
                          : arena_printf(subject->arena, "thread %" PRIu32, tid);
}

const char *hang_lock_name(struct subject *subject, const struct wait *wait)
{
    if (wait->kind == WAIT_JOIN) {
        return arena_printf(subject->arena, "end of %s", thread_of(subject, wait->holder_tid));
    }
    return names_lock(subject->names, &subject->execution, wait->lock);
}

static bool initialises(const struct wait *wait)
{
    return wait->kind == WAIT_ONCE || wait->kind == WAIT_GUARD;
}

const char *hang_wants(struct subject *subject, const struct wait *wait)
{
    struct arena *arena = subject->arena;
    const char *name = hang_lock_name(subject, wait);
    switch (wait->kind) {
    case WAIT_JOIN:
        return arena_printf(arena, "waits for %s to end", thread_of(subject, wait->holder_tid));
    case WAIT_ONCE:
    case WAIT_GUARD:
        return arena_printf(arena, "wants %s initialised", name);
    case WAIT_SEMAPHORE:
        return arena_printf(arena, "waits for a post of %s", name);
    case WAIT_CONDITION:
        return arena_printf(arena, "waits for a signal of %s", name);
    case WAIT_BARRIER:
        return arena_printf(arena, "waits for the others at %s", name);
    case WAIT_OTHER:
        return arena_printf(arena, "waits for %s", name);
    case WAIT_SPIN:
        return arena_printf(arena, "spins on %s", name);
    default:
        return arena_printf(arena, "wants %s%s", name,
                            wait->flags & WAIT_READS ? " for reading" : "");
    }
}

/* A semaphore used as a lock has a holder, too. Nobody holds a condition or a barrier. */
static const char *unknown_holder(struct arena *arena, const struct wait *wait)
{
    if (wait->readers != 0) {
        return arena_printf(arena, "unknown holder: held for reading %" PRIu32 " time%s",
                            wait->readers, wait->readers == 1 ? "" : "s");
    }
    if (wait->kind == WAIT_SPIN) {
        return "unknown holder: a spinlock does not say who has it";
    }
    if (wait->kind == WAIT_SEMAPHORE) {
        return "unknown holder: any thread may end that";
    }
    return wait_kind_has_holder(wait->kind) ? "unknown holder" : "any thread may end that";
}

const char *hang_holder(struct subject *subject, const struct wait *wait)
{
    struct arena *arena = subject->arena;
    switch (wait->holder) {
    case HOLDER_THREAD:
        return arena_printf(arena, "%s %s", initialises(wait) ? "initialised by" : "held by",
                            thread_of(subject, wait->holder_tid));
    case HOLDER_GONE:
        return arena_printf(arena, "held by thread %" PRIu32 ", which is not in this process",
                            wait->holder_tid);
    case HOLDER_ELSEWHERE:
        return arena_printf(arena, "held by thread %" PRIu32 " of another process",
                            wait->holder_tid);
    case HOLDER_UNKNOWN:
        break;
    }
    return unknown_holder(arena, wait);
}

bool hang_is_held_by(const struct wait *wait, const struct target_thread *thread)
{
    return wait->holder == HOLDER_THREAD && wait->holder_tid == thread->tid;
}

/* "lock_A, lock_B and end of thread 12", each once. */
static const char *lock_list(struct subject *subject, const struct hang *hang)
{
    struct arena *arena = subject->arena;
    const char *list = "";
    size_t shown = hang->count > TITLE_LOCKS_MAX ? TITLE_LOCKS_MAX : hang->count;
    /* The lock that the first thread holds comes first. */
    for (size_t i = 0; i < shown; i++) {
        const struct wait *wait = hang->waits[(i + hang->count - 1) % hang->count];
        const char *separator = i == 0 ? "" : i + 1 == hang->count ? " and " : ", ";
        list = arena_printf(arena, "%s%s%s", list, separator, hang_lock_name(subject, wait));
    }
    return shown == hang->count ? list : arena_printf(arena, "%s, ...", list);
}

const char *hang_title(struct subject *subject, const struct hang *hang)
{
    struct arena *arena = subject->arena;
    const char *name = hang_lock_name(subject, hang->waits[0]);
    switch (hang->sort) {
    case HANG_SELF:
        return arena_printf(arena, "%s is requested by the thread that holds it", name);
    case HANG_GONE:
        return hang->forked_from != 0
                   ? arena_printf(arena,
                                  "%s is held by a thread that did not survive the fork from "
                                  "process %" PRIu32,
                                  name, hang->forked_from)
                   : arena_printf(arena, "%s is held by a thread that has ended", name);
    case HANG_EVERYONE:
        return arena_printf(arena, "no thread can go on: %s",
                            hang->count == 1 ? "the only one waits" : "all of them wait");
    case HANG_CIRCLE:
        break;
    }
    return arena_printf(arena, "%s: %zu threads wait for each other", lock_list(subject, hang),
                        hang->count);
}

static bool has_wait(const struct hang *hang, enum wait_kind kind)
{
    for (size_t i = 0; i < hang->count; i++) {
        if (hang->waits[i]->kind == kind) {
            return true;
        }
    }
    return false;
}

/* Whether a writer waits for readers, which may be the writers themselves. */
static bool reads_and_writes(const struct hang *hang)
{
    for (size_t i = 0; i < hang->count; i++) {
        if (hang->waits[i]->readers != 0) {
            return true;
        }
    }
    return false;
}

const char *hang_remedy(struct subject *subject, const struct hang *hang)
{
    if (hang->sort == HANG_CIRCLE) {
        return remedy_of_circle(subject->arena, lock_list(subject, hang), has_wait(hang, WAIT_JOIN),
                                has_wait(hang, WAIT_ONCE) || has_wait(hang, WAIT_GUARD));
    }
    if (hang->sort == HANG_EVERYONE && reads_and_writes(hang)) {
        return "release a rwlock that is held for reading before requesting it for writing";
    }
    return rule_help_remedy(hang_rule(hang));
}

/* What starts a Python thread, and what its locks are made of. */
static bool is_threading(const struct python_frame *frame)
{
    const char *slash = frame->file != NULL ? strrchr(frame->file, '/') : NULL;
    return slash != NULL && strcmp(slash, "/threading.py") == 0;
}

struct frame_list hang_python_stack(struct subject *subject, const struct target_thread *thread)
{
    const struct python_thread *python = python_state_find(&subject->python, thread->tid);
    struct frame_list list = {0, NULL};
    if (python == NULL || python->frame_count == 0) {
        return list;
    }
    size_t first = 0;
    size_t end = python->frame_count;
    while (end > 0 && is_threading(&python->frames[end - 1])) {
        end--;
    }
    while (first < end && is_threading(&python->frames[first])) {
        first++;
    }
    if (first == end) {
        first = 0;
        end = python->frame_count;
    }
    list.frames = arena_alloc(subject->arena, end - first, sizeof *list.frames);
    for (size_t i = first; i < end; i++) {
        const struct python_frame *frame = &python->frames[i];
        list.frames[list.count++] = (struct frame){.function = frame->function,
                                                   .file = frame->file,
                                                   .line = frame->line,
                                                   .module = "",
                                                   .language = "Python"};
    }
    return list;
}
