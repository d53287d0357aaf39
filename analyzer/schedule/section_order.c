#include "analyzer/schedule/section_order.h"

#include "analyzer/schedule/closure.h"

/* With more sections a lock is one of those that everything goes through. */
enum { SECTIONS_MAX = 512 };
#define LOOKS_MAX UINT64_C(16000000)

struct section_group {
    const struct section **sections; /* by thread, then in the thread's order */
    uint32_t count;
};

struct section_groups {
    struct section_group *by_lock;
    uint64_t stop_at; /* looks of the closure */
};

/* How many sections each lock has; those of too many none. */
static uint32_t count_sections(const struct schedule_index *index, struct section_group *groups)
{
    uint32_t total = 0;

    for (uint32_t i = 0; i < index->trace->thread_count; i++) {
        for (size_t j = 0; j < index->threads[i].sections.count; j++)
            groups[index->threads[i].sections.items[j].object].count++;
    }
    for (uint32_t i = 0; i < index->trace->object_count; i++) {
        if (groups[i].count > SECTIONS_MAX || index->requests->is_signal[i])
            groups[i].count = 0;
        total += groups[i].count;
    }
    return total;
}

struct section_groups *section_order_collect(struct schedule_index *index)
{
    struct section_group *groups =
        arena_alloc(index->arena, index->trace->object_count, sizeof *groups);
    uint32_t total = count_sections(index, groups);

    if (total == 0)
        return NULL;
    const struct section **next = arena_alloc(index->arena, total, sizeof(const struct section *));
    for (uint32_t i = 0; i < index->trace->object_count; i++) {
        groups[i].sections = groups[i].count != 0 ? next : NULL;
        next += groups[i].count;
        groups[i].count = 0;
    }
    for (uint32_t i = 0; i < index->trace->thread_count; i++) {
        for (size_t j = 0; j < index->threads[i].sections.count; j++) {
            const struct section *section = &index->threads[i].sections.items[j];
            struct section_group *group = &groups[section->object];
            if (group->sections != NULL)
                group->sections[group->count++] = section;
        }
    }
    struct section_groups *all = arena_alloc(index->arena, 1, sizeof *all);
    *all = (struct section_groups){groups, closure_work(index->closure) + LOOKS_MAX};
    return all;
}

/* Orders the ends of sections of another thread before `later` that are entered before it; the last
 * of them says it for all. */
static bool order_last(struct schedule_index *index, const struct section *last,
                       const struct section *later)
{
    if (last == NULL || last->released == 0 ||
        closure_reach(index->closure, last->thread) >= last->released)
        return false;
    edge_list_insert(index->arena, &index->threads[later->thread].must_edges,
                     (struct edge){later->acquired, last->thread, last->released});
    return true;
}

static bool order_before(struct schedule_index *index, const struct section_group *group,
                         const struct section *later)
{
    const struct section *last = NULL;
    bool changed = false;

    closure_begin(index->closure, CLOSURE_MUST);
    (void)!closure_add(index->closure, later->thread, later->acquired);
    for (uint32_t i = 0; i < group->count; i++) {
        const struct section *section = group->sections[i];
        if (last != NULL && last->thread != section->thread) {
            changed |= order_last(index, last, later);
            last = NULL;
        }
        if (section->thread != later->thread && !(section->reader && later->reader) &&
            section->acquired <= closure_reach(index->closure, section->thread))
            last = section;
    }
    return order_last(index, last, later) || changed;
}

bool section_order_extend(struct schedule_index *index, struct section_groups *groups)
{
    bool changed = false;

    for (uint32_t i = 0; groups != NULL && i < index->trace->object_count; i++) {
        const struct section_group *group = &groups->by_lock[i];
        for (uint32_t j = 0; group->sections != NULL && j < group->count; j++) {
            if (closure_work(index->closure) >= groups->stop_at)
                return false;
            changed |= order_before(index, group, group->sections[j]);
        }
    }
    return changed;
}
