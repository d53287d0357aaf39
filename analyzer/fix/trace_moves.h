/* Where the acquisitions of a run move to, for the changes that move them (trace_rewrite.h). Of
 * trace_rewrite.c. 9 bytes for each event while it is in use. */
#ifndef UNKNOT_FIX_TRACE_MOVES_H
#define UNKNOT_FIX_TRACE_MOVES_H

#include "analyzer/base/array.h"
#include "analyzer/fix/trace_rewrite.h"

/* An event of the run that is done once more, at another. */
struct move {
    uint32_t
        from; /* REQUEST or try ACQUIRE of a lock; of a release that is added: of its section */
    uint32_t next; /* 1 more than the next move to the same place */
    bool gives_back;
    bool is_extra; /* the one at `from` stays where it is, or goes elsewhere */
};

struct trace_moves {
    bool *is_gone;    /* by event */
    uint32_t *before; /* by event: 1 more than the first move to before it */
    uint32_t *after;  /* the same; of a REQUEST, after what it asks for is had */
    ARRAY(struct move) moves;
};

void trace_moves_find(struct arena *arena, const struct rewrite_run *run,
                      const struct fix_change *change, struct trace_moves *moves);

#endif
