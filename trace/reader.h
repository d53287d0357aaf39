/* Walks a recording held in memory. Trusts nothing in it: every length is checked against the
 * buffer, every record against the size of its struct, every string against its NUL, so a caller
 * may use what it is handed without checks of its own (ids still have to be looked up).
 * No allocation, no recursion; any thread may use its own reader. */
#ifndef UNKNOT_TRACE_READER_H
#define UNKNOT_TRACE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include "trace/format.h"

#define TRACE_NOT_TORN SIZE_MAX

enum trace_status {
    TRACE_OK = 0,
    TRACE_END,              /* no more records */
    TRACE_EMPTY,            /* a file without a single byte, or whose header was not written yet */
    TRACE_NOT_A_RECORDING,  /* wrong magic, or too short for a header */
    TRACE_WRONG_BYTE_ORDER, /* made on a machine of the other byte order */
    TRACE_TOO_NEW,          /* needs a newer reader */
    TRACE_TORN,             /* ends early or is damaged; what came before it is good */
};

struct trace_reader {
    const unsigned char *data;
    size_t size;
    size_t chunk;     /* offset of the current chunk; its end in chunk_end */
    size_t chunk_end; /* 0 before the first chunk */
    size_t next;      /* offset of the next record */
    size_t torn_at;   /* the first damage met so far, or TRACE_NOT_TORN */
    bool shortened;   /* the file ends before its header or a chunk says it does */
};

/* Checks the header and aims the reader at the first chunk. On failure *reader is untouched. */
__attribute__((warn_unused_result)) enum trace_status
trace_reader_open(struct trace_reader *reader, const void *data, size_t size);

const struct trace_header *trace_reader_header(const struct trace_reader *reader);

/* The next record, well-formed for its kind; kinds this reader does not know are skipped. Returns
 * TRACE_OK, TRACE_END or TRACE_TORN; *record is set only with TRACE_OK. Damage ends a chunk, not
 * the reading: the chunks after it still come, and TRACE_TORN takes the place of TRACE_END.
 * Records keep their place in the buffer, which must be 8-byte aligned. */
__attribute__((warn_unused_result)) enum trace_status
trace_reader_next(struct trace_reader *reader, const struct trace_record **record);

/* Calls visit for the live block of each thread, in file order; blocks that do not fit are
 * skipped. Independent of trace_reader_next. */
void trace_reader_each_live(const struct trace_reader *reader,
                            void (*visit)(const struct trace_live *live, void *context),
                            void *context);

/* Calls visit for the events of each EVENTS chunk that is neither void nor packed, in file order;
 * those that were not written have kind 0. Independent of trace_reader_next. */
void trace_reader_each_events(const struct trace_reader *reader,
                              void (*visit)(const struct trace_event *events, size_t count,
                                            void *context),
                              void *context);

/* The same for each block of packed events, to be read with event_unpack. A block that does not fit
 * ends its chunk. */
void trace_reader_each_packed(const struct trace_reader *reader,
                              void (*visit)(const struct trace_packed *block, void *context),
                              void *context);

/* One line for a person, for every status but OK and END. */
const char *trace_status_text(enum trace_status status);

/* "records not written: ..." for a lost counter; its short name. */
const char *trace_lost_text(enum trace_lost kind);
const char *trace_lost_name(enum trace_lost kind);

#endif
