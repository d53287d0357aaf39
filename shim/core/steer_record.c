#include "shim/core/steer_record.h"

#include <string.h>

#include "shim/core/plan.h"
#include "shim/platform/inner_lock.h"
#include "shim/platform/recording.h"

enum { FULL_PAUSES = 4, DELAYS = PLAN_STEPS, COUNTS };

/* What is counted of a step, and after all steps of all delays. */
struct count {
    struct trace_steering now;     /* what the record is to say */
    struct trace_steering *record; /* NULL: not written, or no room */
    uint32_t epoch;                /* of that */
    uint32_t arrivals, next, gap;  /* so far; that is held back next, when most are not */
    uint64_t time_ns;              /* spent in vain; of delays, all */
};

/* Protects them. */
static struct inner_lock lock;
static struct count counts[COUNTS];

static struct count *lock_count(uint32_t index)
{
    inner_lock_acquire(&lock);
    return &counts[index];
}

static void write_record(struct count *count, uint32_t step)
{
    recording_lock();
    struct trace_steering *record = recording_reserve(sizeof(*record));
    if (record) {
        record->step = step;
        recording_publish(record, TRACE_STEERING, sizeof(*record));
    }
    recording_unlock();
    count->record = record;
    count->epoch = recording_epoch;
}

/* The head of the record stays as it is. */
static void unlock_count(struct count *count)
{
    uint32_t index = (uint32_t)(count - counts);
    count->now.step = index == DELAYS ? TRACE_STEERING_PERTURB : index;
    if (count->epoch != recording_epoch)
        write_record(count, count->now.step);
    if (count->record) {
        const size_t head = sizeof(count->now.record);
        memcpy((char *)count->record + head, (const char *)&count->now + head,
               sizeof(count->now) - head);
    }
    inner_lock_release(&lock);
}

/* Enough time was lost here: ever rarer. */
static bool is_due(struct count *count)
{
    if (count->arrivals < count->next)
        return false;
    count->gap = count->gap ? count->gap * 2 : 1;
    count->next = count->arrivals + count->gap;
    return true;
}

bool steer_record_reached(uint32_t step, enum steer_arrival arrival, uint32_t pause_ms)
{
    struct count *count = lock_count(step);
    count->now.reached += arrival != STEER_BEGINS;
    count->arrivals += arrival != STEER_WAITS;
    bool is_new = count->time_ns < FULL_PAUSES * (uint64_t)pause_ms * 1000000u;
    bool is_held = pause_ms && (is_new || is_due(count));
    count->now.held += is_held;
    unlock_count(count);
    return is_held;
}

void steer_record_held(uint32_t step, enum steer_end end, uint64_t time_ns)
{
    struct count *count = lock_count(step);
    count->time_ns += end == STEER_MET ? 0 : time_ns;
    count->now.held_ms += (time_ns + 500000) / 1000000;
    count->now.met += end == STEER_MET;
    count->now.expired += end == STEER_EXPIRED;
    count->now.in_the_way += end == STEER_IN_THE_WAY;
    count->now.alone += end == STEER_ALONE;
    unlock_count(count);
}

void steer_record_together(uint32_t step, uint64_t others)
{
    struct count *count = lock_count(step);
    if (__builtin_popcountll(others) > __builtin_popcountll(count->now.together))
        count->now.together = others;
    unlock_count(count);
}

void steer_record_delay(uint64_t place, uint64_t time_ns)
{
    struct count *count = lock_count(DELAYS);
    count->now.reached++;
    if (time_ns) {
        count->now.held++;
        count->now.together += place;
        count->time_ns += time_ns;
        count->now.held_ms = count->time_ns / 1000000;
    }
    unlock_count(count);
}

void steer_record_after_fork(void)
{
    inner_lock_reset(&lock);
    memset(counts, 0, sizeof(counts));
}
