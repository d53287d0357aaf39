#include "analyzer/report/fix_advice.h"

#include "analyzer/report/fix_site.h"
#include "analyzer/report/remedy.h"

static const char *advise(struct fix_work *work)
{
    switch (work->change->kind) {
    case FIX_RECURSIVE_LOCK:
    case FIX_SINGLE_LOCK:
        return fix_advise_lock(work);
    case FIX_REORDER:
    case FIX_PRE_ACQUIRE:
        return fix_advise_order(work);
    case FIX_GATE_LOCK:
        return fix_advise_gate(work);
    case FIX_TRY_BACKOFF:
        return fix_advise_retry(work);
    case FIX_RELEASE_FIRST:
        return fix_advise_release(work);
    default:
        work->is_complete = false;
        return remedy_of_finding(work->report, work->finding).text;
    }
}

/* Of joined recordings that of the first. */
static uint64_t start_of(const struct execution *execution)
{
    return execution->member_count != 0 ? execution->members[0]->start_realtime_ns
                                        : execution->start_realtime_ns;
}

static bool is_outdated(const struct fix_work *work)
{
    uint64_t start_ns = start_of(work->finding->execution);
    for (size_t i = 0; i < work->edits.list.count; i++) {
        const struct source_text *text =
            source_texts_find(work->report->sources, work->edits.list.items[i].file);
        if (text != NULL && text->changed_ns > start_ns) {
            return true;
        }
    }
    return false;
}

void fix_advise(const struct report *report, const struct finding *finding, const struct fix *fix,
                struct fix_advice *advice)
{
    struct fix_work work;
    fix_work_init(&work, report, finding, fix);
    const char *what = advise(&work);
    bool fits = edit_list_finish(&work.edits);
    *advice = (struct fix_advice){.what = what,
                                  .edits = work.edits.list.items,
                                  .edit_count = work.edits.list.count,
                                  .is_outdated = is_outdated(&work)};
    advice->is_complete =
        work.is_complete && fits && advice->edit_count != 0 && !advice->is_outdated;
}
