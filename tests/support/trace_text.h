/* Makes synchronization traces from text, one event after the other, separated by ';':
 *
 *     "0 create 1; 0 acq A; 0 rel A; 1 racq A; ..."
 *
 * Operations: req rreq timed; acq racq (with a request before them) tacq tracq (by a try); rel rrel
 * wrel (reading, in a wait); tfail rtfail (whose holder is certain) gfail (is not); wait woken
 * timeout signal broadcast; post take; enter leave; pass; create begin end ask join (ask: the
 * request of a join); r w. A thread is any word, an object too: the kind of its first operation
 * makes it what it is. "A queue", "s sem 2", "b barrier 3" declare what that does not tell. A
 * wait's mutex is released and acquired by events of its own. Aborts on what it does not
 * understand. */
#ifndef TESTS_SUPPORT_TRACE_TEXT_H
#define TESTS_SUPPORT_TRACE_TEXT_H

#include "analyzer/base/arena.h"
#include "analyzer/schedule/sync_trace.h"

struct sync_trace *trace_from_text(struct arena *arena, const char *text);

#endif
