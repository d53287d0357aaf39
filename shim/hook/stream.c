/* flockfile and friends: the lock of a stream, named by the stream's own address. Ends with the
 * stream: fclose gives its memory back through free. What stdio locks by itself, around each call,
 * never passes here. */
#include "shim/hook/hook.h"

#include <stdio.h>

static const struct manner locking = {TRACE_LOCK_STREAM, 0};
static const struct manner trying = {TRACE_LOCK_STREAM, TRACE_MODE_TRY};

EXPORTED void flockfile(FILE *stream)
{
    enum acquire_result requested = acquire_request(stream, locking, CALLER);
    if (requested == ACQUIRE_UNSEEN) {
        REAL_GET(flockfile)(stream);
        return;
    }
    if (REAL_GET(ftrylockfile)(stream) != 0) {
        struct waiting waiting;
        waiting_begin(&waiting, stream, locking, CALLER);
        REAL_GET(flockfile)(stream);
        waiting_end(&waiting);
    }
    acquire_had(requested, stream, locking, CALLER);
}

EXPORTED int ftrylockfile(FILE *stream)
{
    uint32_t sample = events_sample(TRACE_LOCK_STREAM, stream);
    int result = REAL_GET(ftrylockfile)(stream);
    if (result == 0)
        acquire_had(acquire_request(stream, trying, CALLER), stream, trying, CALLER);
    else
        events_try_failed(TRACE_LOCK_STREAM, 0, stream, sample, CALLER);
    return result;
}

EXPORTED void funlockfile(FILE *stream)
{
    bool held = acquire_release(stream);
    if (!held)
        events_released_by_other(stream, CALLER);
    REAL_GET(funlockfile)(stream);
    if (!held)
        acquire_released_foreign(stream, CALLER);
}
