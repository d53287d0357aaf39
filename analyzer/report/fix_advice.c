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

void fix_advise(const struct report *report, const struct finding *finding, const struct fix *fix,
                struct fix_advice *advice)
{
    struct fix_work work;
    fix_work_init(&work, report, finding, fix);
    const char *what = advise(&work);
    bool fits = edit_list_finish(&work.edits);
    *advice =
        (struct fix_advice){.what = what,
                            .edits = work.edits.list.items,
                            .edit_count = work.edits.list.count,
                            .is_complete = work.is_complete && fits && work.edits.list.count != 0};
}
