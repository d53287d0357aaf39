/* What looks for schedules is made of: for witness.c and wait_witness.c only. */
#ifndef UNKNOT_SCHEDULE_WITNESS_SEARCH_H
#define UNKNOT_SCHEDULE_WITNESS_SEARCH_H

#include "analyzer/schedule/closure.h"
#include "analyzer/schedule/witness.h"

/* One thread's part in what is sought: a request of the pattern, or of a writer that makes a reader
 * of it wait. */
struct part {
    const struct abstract_request *request;
    uint32_t at; /* which of its events */
    uint32_t
        mutex; /* of a condition wait: what it waits for is what this guards; or SYNC_UNKNOWN */
};

struct search {
    struct schedule_index *index;
    struct arena *arena;
    struct part *parts;
    size_t member_count, count;
    /* For each part after the members: the lock whose readers wait, and where in the list of all
     * requests the writer is. */
    uint32_t *queues;
    size_t *writer_at;
    struct witness_result *result;
};

/* Goes through the events of each of the first `count` parts, from those chosen on, until those
 * taken all lie outside of what comes before them. What one closure holds the next one holds too,
 * so that no event is looked at twice. False: some part, *failed, has none left, or a section never
 * ends. */
__attribute__((warn_unused_result)) bool
witness_search_go_on(struct search *search, enum closure_rule rule, size_t count, size_t *failed);

/* Keeps the events that the closure holds, in the order of the trace, as the witness. */
void witness_search_keep(struct search *search);

/* Keeps these events. */
void witness_search_keep_order(struct search *search, const uint32_t *order, size_t count);

/* Whether all that comes before the parts chosen, closed under the rule, leaves them out. */
bool witness_search_leaves_out(struct search *search, enum closure_rule rule);

/* Of the parts chosen: whether what comes before them, with all sections over but those that cover
 * them, can be run so that they are left. Then that is the witness. */
bool witness_search_reverse(struct search *search);

#endif
