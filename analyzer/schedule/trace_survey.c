#include "analyzer/schedule/trace_survey.h"

void trace_survey_init(struct trace_survey *survey, struct arena *arena,
                       const struct sync_trace *trace)
{
    *survey = (struct trace_survey){.arena = arena};
    lock_use_init(&survey->use, arena, trace);
}

static bool is_lock(const struct trace_survey *survey, uint32_t object)
{
    enum sync_object_kind kind = survey->use.trace->objects[object].kind;
    return kind == SYNC_LOCK || kind == SYNC_WRITER_QUEUE;
}

/* The event lies in the sections that the thread is in: that of the lock taken last lies in those
 * of the others, so that one is enough. A section's own beginning is not in it. */
static void note_nesting(struct trace_survey *survey, const struct sync_event *event,
                         struct surveyed_object *object)
{
    const struct held_stack *held = &survey->use.held.items[event->thread];
    size_t depth = held->count - (event->kind == SYNC_ACQUIRE);

    if (depth == 0)
        return;
    uint32_t outer = held->items[depth - 1].object;
    if (object->outer == outer + 1 || outer == event->object)
        return;
    object->outer = outer + 1;
    uint64_t key = (uint64_t)outer << 32 | event->object;
    uint32_t *is_known = number_table_at(survey->arena, &survey->known, key);
    if (*is_known == 0)
        *array_add(survey->arena, &survey->nestings) = (struct nesting){outer, event->object};
    *is_known = 1;
}

static void take_acquire(struct surveyed_object *object, const struct sync_event *event)
{
    bool reader = (event->mode & SYNC_READER) != 0;

    object->is_fixed |= object->writer != LOCK_USE_NO_ONE || (!reader && object->readers != 0);
    if (reader)
        object->readers++;
    else
        object->writer = event->thread;
}

static void take_release(struct surveyed_object *object, const struct sync_event *event)
{
    if ((event->mode & SYNC_READER) == 0) {
        object->is_fixed |= object->writer != event->thread;
        object->writer = LOCK_USE_NO_ONE;
    } else if (object->readers != 0) {
        object->readers--;
    } else {
        object->is_fixed = true;
    }
}

/* Who asks for a lock that it reads, whose readers queue, can wait for itself and a writer. */
static bool is_read_twice(const struct trace_survey *survey, const struct sync_event *event)
{
    const struct held_stack *held = &survey->use.held.items[event->thread];
    size_t i = 0;

    if (survey->use.trace->objects[event->object].kind != SYNC_WRITER_QUEUE)
        return false;
    while (i < held->count && held->items[i].object != event->object)
        i++;
    return i < held->count;
}

static void take_event(struct trace_survey *survey, struct surveyed_object *object,
                       const struct sync_event *event)
{
    switch (event->kind) {
    case SYNC_REQUEST:
        object->is_fixed |= !is_lock(survey, event->object) || is_read_twice(survey, event);
        break;
    case SYNC_ACQUIRE:
        take_acquire(object, event);
        break;
    case SYNC_RELEASE:
        take_release(object, event);
        break;
    case SYNC_WRITE:
        object->is_written = true;
        break;
    case SYNC_READ:
        break;
    default:
        object->is_fixed = true;
    }
}

void trace_survey_take(struct trace_survey *survey, const struct sync_event *event)
{
    while (survey->objects.count <= event->object)
        *array_add(survey->arena, &survey->objects) =
            (struct surveyed_object){.user = LOCK_USE_NO_ONE, .writer = LOCK_USE_NO_ONE};
    struct surveyed_object *object = &survey->objects.items[event->object];

    lock_use_take(&survey->use, event);
    note_nesting(survey, event, object);
    if (object->user == LOCK_USE_NO_ONE)
        object->user = event->thread;
    else if (object->user != event->thread)
        object->user = LOCK_USE_SEVERAL;
    if ((event->mode & SYNC_IN_WAIT) != 0)
        object->user = LOCK_USE_SEVERAL; /* a wait is not one without its mutex */
    object->events++;
    take_event(survey, object, event);
}

/* Whether it is kept whatever lies in its sections. */
static bool is_root(const struct trace_survey *survey, uint32_t number, const bool *wanted)
{
    const struct surveyed_object *object = &survey->objects.items[number];

    if (survey->use.trace->objects[number].kind == SYNC_VARIABLE)
        return object->is_written && object->user == LOCK_USE_SEVERAL;
    return wanted[number] || object->is_fixed || survey->use.objects.items[number].is_signal;
}

/* The nestings sorted by what is inside: object -> its first one. */
static size_t *sort_nestings(struct trace_survey *survey, uint32_t *outers)
{
    size_t *first = arena_alloc(survey->arena, survey->objects.count + 1, sizeof *first);

    for (size_t i = 0; i < survey->nestings.count; i++)
        first[survey->nestings.items[i].inner]++;
    for (size_t i = 0, total = 0; i <= survey->objects.count; i++)
        first[i] = total += first[i];
    for (size_t i = 0; i < survey->nestings.count; i++)
        outers[--first[survey->nestings.items[i].inner]] = survey->nestings.items[i].outer;
    return first;
}

/* Marks what a marked object lies in, and so on. */
static void mark_outer(struct trace_survey *survey, bool *is_marked, uint32_t *queue, size_t queued)
{
    uint32_t *outers = arena_alloc(survey->arena, survey->nestings.count, sizeof *outers);
    const size_t *first = sort_nestings(survey, outers);

    for (size_t i = 0; i < queued; i++) {
        for (size_t j = first[queue[i]]; j < first[queue[i] + 1]; j++) {
            if (!is_marked[outers[j]])
                queue[queued++] = outers[j];
            is_marked[outers[j]] = true;
        }
    }
}

void trace_survey_choose(struct trace_survey *survey, const bool *wanted,
                         struct survey_choice *choice)
{
    uint32_t objects = (uint32_t)survey->objects.count;
    bool *is_kept = arena_alloc(survey->arena, survey->use.trace->object_count, sizeof *is_kept);
    uint32_t *queue = arena_alloc(survey->arena, objects, sizeof *queue);
    size_t queued = 0;

    for (uint32_t i = 0; i < objects; i++) {
        is_kept[i] = is_root(survey, i, wanted);
        if (is_kept[i])
            queue[queued++] = i;
    }
    mark_outer(survey, is_kept, queue, queued);
    *choice = (struct survey_choice){.is_kept = is_kept};
    for (uint32_t i = 0; i < objects; i++) {
        const struct surveyed_object *object = &survey->objects.items[i];
        bool is_shared = object->user == LOCK_USE_SEVERAL;
        is_kept[i] &= is_shared || is_root(survey, i, wanted);
        choice->events += is_kept[i] ? object->events : 0;
        choice->drops_shared |= is_shared && !is_kept[i] && is_lock(survey, i);
    }
}
