#include "analyzer/diagnose/hang.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>
#include "analyzer/diagnose/proc_file.h"

#define NO_WAIT      SIZE_MAX
#define SETTLE_NS    2000000 /* a thread that was stopped needs to get back to where it slept */
#define SETTLE_TRIES 50

static void nap(uint64_t ns)
{
    struct timespec left = {(time_t)(ns / 1000000000u), (long)(ns % 1000000000u)};
    while (nanosleep(&left, &left) != 0) {
    }
}

static bool is_stuck(const struct wait *wait)
{
    return !wait->timed && !wait->moved;
}

static size_t find_wait(const struct diagnosis *diagnosis, uint32_t tid)
{
    for (size_t i = 0; i < diagnosis->wait_count; i++) {
        if (diagnosis->waits[i].thread->tid == tid) {
            return i;
        }
    }
    return NO_WAIT;
}

const struct wait *diagnosis_find_wait(const struct diagnosis *diagnosis, uint32_t tid)
{
    size_t found = find_wait(diagnosis, tid);
    return found != NO_WAIT ? &diagnosis->waits[found] : NULL;
}

static void read_waits(struct diagnosis *diagnosis)
{
    struct subject *subject = diagnosis->subject;
    struct target *target = subject->target;
    diagnosis->waits =
        arena_alloc(subject->arena, target->thread_count + 1, sizeof *diagnosis->waits);
    for (size_t i = 0; i < target->thread_count; i++) {
        struct wait *wait = &diagnosis->waits[diagnosis->wait_count];
        diagnosis->wait_count += wait_read(subject, &target->threads[i], wait);
    }
    wait_find_initialisers(diagnosis->waits, diagnosis->wait_count);
}

static bool same_call(const struct target_thread *a, const struct target_thread *b)
{
    return a->in_syscall == b->in_syscall && a->syscall == b->syscall &&
           memcmp(a->arguments, b->arguments, sizeof a->arguments) == 0;
}

/* Whether every thread that waits is where its wait was read. */
static bool all_are_back(const struct diagnosis *diagnosis)
{
    const struct target *target = diagnosis->subject->target;
    for (size_t i = 0; i < diagnosis->wait_count; i++) {
        const struct wait *wait = &diagnosis->waits[i];
        const struct target_thread *now = target_find_thread(target, wait->thread->tid);
        if (!wait->timed && now != NULL && now->state == 'R') {
            return false;
        }
    }
    return true;
}

/* The first look. False when the process has ended. */
static bool look_first(struct diagnosis *diagnosis)
{
    for (int i = 0; i < SETTLE_TRIES; i++) {
        if (!target_refresh(diagnosis->subject->target)) {
            return false;
        }
        if (all_are_back(diagnosis)) {
            break;
        }
        nap(SETTLE_NS);
    }
    return true;
}

/* Compares both looks with each other and with what was read before the first. */
static void mark_moved(struct diagnosis *diagnosis, const struct target_thread *first,
                       size_t first_count)
{
    const struct target *target = diagnosis->subject->target;
    for (size_t i = 0; i < first_count; i++) {
        const struct target_thread *now = target_find_thread(target, first[i].tid);
        bool moved = now == NULL || now->switches != first[i].switches ||
                     !same_call(now, &first[i]) || now->state == 'R';
        size_t found = find_wait(diagnosis, first[i].tid);
        if (found != NO_WAIT) {
            struct wait *wait = &diagnosis->waits[found];
            wait->moved = moved || !same_call(wait->thread, now) ||
                          !wait_is_still_held(diagnosis->subject, wait);
            moved = wait->moved;
        }
        diagnosis->moved_count += moved;
    }
}

/* Ran at both looks and never slept in between: a stop is most unlikely to meet it in a system call
 * that would end for it. */
static bool only_runs(const struct target_thread *now, const struct target_thread *first,
                      size_t first_count)
{
    for (size_t i = 0; i < first_count; i++) {
        if (first[i].tid == now->tid) {
            return now->state == 'R' && first[i].state == 'R' && now->sleeps == first[i].sleeps;
        }
    }
    return false;
}

/* Adds the threads that spin. Of a core `first` is NULL. */
static void read_spins(struct diagnosis *diagnosis, const struct target_thread *first,
                       size_t first_count)
{
    struct subject *subject = diagnosis->subject;
    struct target *target = subject->target;
    size_t count = diagnosis->wait_count;
    struct wait *waits = arena_alloc(subject->arena, count + target->thread_count, sizeof *waits);
    memcpy(waits, diagnosis->waits, count * sizeof *waits);
    diagnosis->waits = waits;
    for (size_t i = 0; i < target->thread_count; i++) {
        struct target_thread *thread = &target->threads[i];
        bool may_spin = first == NULL || only_runs(thread, first, first_count);
        if (may_spin && find_wait(diagnosis, thread->tid) == NO_WAIT) {
            diagnosis->wait_count +=
                wait_read_spin(subject, thread, &diagnosis->waits[diagnosis->wait_count]);
        }
    }
}

/* A core shows one moment, and all of it at once. */
static bool look_twice(struct diagnosis *diagnosis)
{
    struct target *target = diagnosis->subject->target;
    if (target->is_core) {
        diagnosis->interval_ns = 0;
        read_spins(diagnosis, NULL, 0);
        return true;
    }
    if (!look_first(diagnosis)) {
        return false;
    }
    const struct target_thread *first = target->threads;
    size_t first_count = target->thread_count;
    nap(diagnosis->interval_ns);
    if (!target_refresh(target)) {
        return false;
    }
    mark_moved(diagnosis, first, first_count);
    read_spins(diagnosis, first, first_count);
    return true;
}

/* The wait of the thread that holds what this one is for; NO_WAIT when that is not stuck itself. */
static size_t next_wait(const struct diagnosis *diagnosis, size_t index)
{
    const struct wait *wait = &diagnosis->waits[index];
    if (!is_stuck(wait) || wait->holder != HOLDER_THREAD) {
        return NO_WAIT;
    }
    size_t next = find_wait(diagnosis, wait->holder_tid);
    return next != NO_WAIT && is_stuck(&diagnosis->waits[next]) ? next : NO_WAIT;
}

static void add_circle(struct diagnosis *diagnosis, const size_t *next, size_t first)
{
    struct arena *arena = diagnosis->subject->arena;
    struct hang *hang = &diagnosis->hangs[diagnosis->hang_count++];
    size_t count = 0;
    for (size_t i = first; count == 0 || i != first; i = next[i]) {
        count++;
    }
    *hang = (struct hang){.sort = count == 1 ? HANG_SELF : HANG_CIRCLE,
                          .waits = arena_alloc(arena, count, sizeof *hang->waits)};
    for (size_t i = first; hang->count < count; i = next[i]) {
        hang->waits[hang->count++] = &diagnosis->waits[i];
    }
}

/* Each wait leads to one other at most: follow them, and tell each circle once. */
static void find_circles(struct diagnosis *diagnosis, const size_t *next)
{
    size_t *seen_by =
        arena_alloc(diagnosis->subject->arena, diagnosis->wait_count + 1, sizeof *seen_by);
    for (size_t start = 0; start < diagnosis->wait_count; start++) {
        size_t at = start;
        while (at != NO_WAIT && seen_by[at] == 0) {
            seen_by[at] = start + 1;
            at = next[at];
        }
        if (at != NO_WAIT && seen_by[at] == start + 1) {
            add_circle(diagnosis, next, at);
        }
    }
}

/* The process that this one was forked from, if it has a thread of that number. */
static uint32_t forked_from(const struct diagnosis *diagnosis, uint32_t tid)
{
    const struct target *target = diagnosis->subject->target;
    struct arena *arena = diagnosis->subject->arena;
    if (target->is_core || target->threads[0].seen_tid != target->threads[0].tid) {
        return 0;
    }
    const char *status = proc_file_read(arena, "/proc/%" PRIu32 "/status", target->pid);
    uint32_t parent = status != NULL ? (uint32_t)proc_file_field(status, "PPid:", 0) : 0;
    return proc_file_read(arena, "/proc/%" PRIu32 "/task/%" PRIu32 "/comm", parent, tid) != NULL
               ? parent
               : 0;
}

/* Once for each lock: who else waits for it waits behind the first. */
static void find_gone_holders(struct diagnosis *diagnosis)
{
    for (size_t i = 0; i < diagnosis->wait_count; i++) {
        const struct wait *wait = &diagnosis->waits[i];
        bool told = !is_stuck(wait) || wait->holder != HOLDER_GONE;
        for (size_t j = 0; j < diagnosis->hang_count && !told; j++) {
            const struct hang *hang = &diagnosis->hangs[j];
            told = hang->sort == HANG_GONE && hang->waits[0]->object == wait->object;
        }
        if (!told) {
            struct hang *hang = &diagnosis->hangs[diagnosis->hang_count++];
            *hang = (struct hang){
                .sort = HANG_GONE,
                .count = 1,
                .waits = arena_alloc(diagnosis->subject->arena, 1, sizeof *hang->waits),
                .forked_from = forked_from(diagnosis, wait->holder_tid)};
            hang->waits[0] = wait;
        }
    }
}

/* When no thread of the process can go on, something is wrong even if it is not seen what. */
static void find_everyone_blocked(struct diagnosis *diagnosis)
{
    size_t count = diagnosis->wait_count;
    bool all = diagnosis->hang_count == 0 && count == diagnosis->subject->target->thread_count;
    for (size_t i = 0; i < count; i++) {
        all = all && is_stuck(&diagnosis->waits[i]);
    }
    if (!all || count == 0) {
        return;
    }
    struct hang *hang = &diagnosis->hangs[diagnosis->hang_count++];
    *hang =
        (struct hang){.sort = HANG_EVERYONE,
                      .waits = arena_alloc(diagnosis->subject->arena, count, sizeof *hang->waits)};
    for (size_t i = 0; i < count; i++) {
        hang->waits[hang->count++] = &diagnosis->waits[i];
    }
}

static bool is_member(const struct hang *hang, const struct wait *wait)
{
    for (size_t i = 0; i < hang->count; i++) {
        if (hang->waits[i] == wait) {
            return true;
        }
    }
    return false;
}

bool diagnosis_tells_wait(const struct diagnosis *diagnosis, const struct wait *wait)
{
    for (size_t i = 0; i < diagnosis->hang_count; i++) {
        const struct hang *hang = &diagnosis->hangs[i];
        if (is_member(hang, wait)) {
            return true;
        }
        for (size_t j = 0; j < hang->behind_count; j++) {
            if (hang->behind[j] == wait) {
                return true;
            }
        }
    }
    return false;
}

/* The hang that a wait leads to, one of whose threads it is not; NULL for none. */
static struct hang *hang_behind(struct diagnosis *diagnosis, const size_t *next, size_t index)
{
    size_t steps = 0;
    for (size_t at = index; at != NO_WAIT && steps <= diagnosis->wait_count; at = next[at]) {
        const struct wait *wait = &diagnosis->waits[at];
        for (size_t i = 0; i < diagnosis->hang_count; i++) {
            struct hang *hang = &diagnosis->hangs[i];
            bool same_gone = hang->sort == HANG_GONE && wait->holder == HOLDER_GONE &&
                             hang->waits[0]->object == wait->object;
            if (is_member(hang, wait) || same_gone) {
                return is_member(hang, &diagnosis->waits[index]) ? NULL : hang;
            }
        }
        steps++;
    }
    return NULL;
}

static void find_who_is_behind(struct diagnosis *diagnosis, const size_t *next)
{
    struct arena *arena = diagnosis->subject->arena;
    for (size_t i = 0; i < diagnosis->hang_count; i++) {
        diagnosis->hangs[i].behind =
            arena_alloc(arena, diagnosis->wait_count + 1, sizeof *diagnosis->hangs[i].behind);
    }
    for (size_t i = 0; i < diagnosis->wait_count; i++) {
        struct hang *hang = is_stuck(&diagnosis->waits[i]) ? hang_behind(diagnosis, next, i) : NULL;
        if (hang != NULL) {
            hang->behind[hang->behind_count++] = &diagnosis->waits[i];
        }
    }
}

bool diagnosis_make(struct subject *subject, uint64_t interval_ns, struct diagnosis *diagnosis)
{
    *diagnosis = (struct diagnosis){.subject = subject, .interval_ns = interval_ns};
    read_waits(diagnosis);
    if (!look_twice(diagnosis)) {
        return false;
    }
    size_t *next = arena_alloc(subject->arena, diagnosis->wait_count + 1, sizeof *next);
    for (size_t i = 0; i < diagnosis->wait_count; i++) {
        next[i] = next_wait(diagnosis, i);
    }
    diagnosis->hangs =
        arena_alloc(subject->arena, diagnosis->wait_count + 1, sizeof *diagnosis->hangs);
    find_circles(diagnosis, next);
    find_gone_holders(diagnosis);
    find_everyone_blocked(diagnosis);
    find_who_is_behind(diagnosis, next);
    return true;
}

bool hang_is_certain(const struct hang *hang)
{
    return hang->sort != HANG_EVERYONE;
}
