#include "analyzer/schedule/section_order.h"

#include "analyzer/schedule/closure.h"

#define LOOKS_MAX UINT64_C(64000000)

/* A thread's sections of one lock. */
struct run {
    uint32_t thread, first, count;
};

struct section_groups {
    const struct section **sections; /* by lock, then by thread, then in the thread's order */
    ARRAY(struct run) runs;          /* the same way */
    uint32_t *first_run;             /* by lock, and the end */
    uint64_t looks;                  /* taken so far at runs */
};

/* Where the sections of each lock begin in the list of all; those of signals are not in it. */
static uint32_t *place_locks(const struct schedule_index *index, uint32_t *total)
{
    uint32_t lock_count = index->trace->object_count;
    uint32_t *next = arena_alloc(index->arena, lock_count, sizeof *next);

    for (uint32_t i = 0; i < index->trace->thread_count; i++) {
        for (size_t j = 0; j < index->threads[i].sections.count; j++)
            next[index->threads[i].sections.items[j].object]++;
    }
    for (uint32_t i = 0; i < lock_count; i++) {
        uint32_t count = index->requests->is_signal[i] ? 0 : next[i];
        next[i] = *total;
        *total += count;
    }
    return next;
}

/* After this, next[i] is the end of the sections of lock i. */
static void list_sections(const struct schedule_index *index, struct section_groups *groups,
                          uint32_t *next)
{
    for (uint32_t i = 0; i < index->trace->thread_count; i++) {
        for (size_t j = 0; j < index->threads[i].sections.count; j++) {
            const struct section *section = &index->threads[i].sections.items[j];
            if (!index->requests->is_signal[section->object])
                groups->sections[next[section->object]++] = section;
        }
    }
}

static void list_runs(const struct schedule_index *index, struct section_groups *groups,
                      const uint32_t *ends)
{
    uint32_t lock_count = index->trace->object_count, at = 0;

    groups->first_run = arena_alloc(index->arena, (size_t)lock_count + 1, sizeof(uint32_t));
    for (uint32_t i = 0; i < lock_count; i++) {
        groups->first_run[i] = (uint32_t)groups->runs.count;
        for (uint32_t thread = SYNC_UNKNOWN; at < ends[i]; at++) {
            if (groups->sections[at]->thread != thread) {
                thread = groups->sections[at]->thread;
                *array_add(index->arena, &groups->runs) = (struct run){thread, at, 0};
            }
            groups->runs.items[groups->runs.count - 1].count++;
        }
    }
    groups->first_run[lock_count] = (uint32_t)groups->runs.count;
}

struct section_groups *section_order_collect(struct schedule_index *index)
{
    struct section_groups *groups = arena_alloc(index->arena, 1, sizeof *groups);
    uint32_t total = 0;
    uint32_t *next = place_locks(index, &total);

    if (total == 0)
        return NULL;
    groups->sections = arena_alloc(index->arena, total, sizeof(const struct section *));
    list_sections(index, groups, next);
    list_runs(index, groups, next);
    return groups;
}

/* The last section of the run that is entered by this event of its thread and excludes `later`. */
static const struct section *find_last(const struct section_groups *groups, const struct run *run,
                                       uint32_t reach, const struct section *later)
{
    const struct section *const *sections = &groups->sections[run->first];
    uint32_t low = 0, high = run->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (sections[middle]->acquired <= reach)
            low = middle + 1;
        else
            high = middle;
    }
    while (low > 0 && sections[low - 1]->reader && later->reader)
        low--;
    return low > 0 ? sections[low - 1] : NULL;
}

/* The closure holds what comes before `later` is entered. */
static bool order_before(struct schedule_index *index, struct section_groups *groups,
                         const struct section *later)
{
    bool changed = false;

    for (uint32_t i = groups->first_run[later->object]; i < groups->first_run[later->object + 1];
         i++) {
        const struct run *run = &groups->runs.items[i];
        uint32_t reach =
            run->thread != later->thread ? closure_reach(index->closure, run->thread) : 0;
        const struct section *last = reach != 0 ? find_last(groups, run, reach, later) : NULL;
        groups->looks++;
        if (last == NULL || last->released <= reach)
            continue;
        edge_list_insert(index->arena, &index->threads[later->thread].must_edges,
                         (struct edge){later->acquired, last->thread, last->released});
        (void)!closure_add(index->closure, last->thread, last->released);
        changed = true;
    }
    return changed;
}

bool section_order_extend(struct schedule_index *index, struct section_groups *groups)
{
    bool changed = false;

    for (uint32_t i = 0; groups != NULL && i < index->trace->thread_count; i++) {
        const struct thread_index *thread = &index->threads[i];
        closure_begin(index->closure, CLOSURE_MUST);
        for (size_t j = 0; j < thread->sections.count; j++) {
            const struct section *later = &thread->sections.items[j];
            if (groups->looks >= LOOKS_MAX)
                return false;
            (void)!closure_add(index->closure, i, later->acquired);
            changed |= order_before(index, groups, later);
        }
    }
    return changed;
}
