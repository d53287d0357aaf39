/* Events packed for the file: most of what a program does it did before, in the same order.
 *
 * Each event is predicted from those before it in the same block: from the event that came last
 * after one of the same stack and kind, and from the last number of the same object. What is as
 * predicted is only counted; of the rest, what differs is written, in as few bytes as it takes.
 * That is value prediction as in M. Burtscher's trace compressors (VPC3, 2004), with bytes instead
 * of a general compressor behind it. docs/recording.md has the bytes.
 *
 * A block stands for itself. Both functions are linear, allocate nothing, and any thread may use
 * them with a model of its own. Unpacking trusts nothing. */
#ifndef UNKNOT_TRACE_EVENT_PACK_H
#define UNKNOT_TRACE_EVENT_PACK_H

#include <stddef.h>
#include <stdint.h>

#include "trace/format.h"

enum { EVENT_PACK_SHAPES = 256, EVENT_PACK_NUMBERS = 256 };

/* What both sides know of the events so far. */
struct event_model {
    struct event_shape {
        uint64_t half; /* the event's second: stack, kind, mode, span */
        uint32_t object;
    } shapes[EVENT_PACK_SHAPES]; /* by the half of the event before */
    struct event_numbers {
        uint32_t last, step;
    } numbers[EVENT_PACK_NUMBERS]; /* by object and kind */
    size_t next;                   /* unpacking: the shape that is predicted */
};

/* The most bytes that `count` events take, with the block's head. */
#define EVENT_PACK_BYTES(count) (((count)*17u + sizeof(struct trace_packed) + 15u) / 8u * 8u)

/* Makes a block of at most TRACE_PACKED_EVENTS events; those not written (kind 0) are left out. */
size_t event_pack(struct event_model *model, const struct trace_event *events, size_t count,
                  struct trace_packed *block);

/* The events of a block that lies within its bounds, at most TRACE_PACKED_EVENTS; how many there
 * are. Fewer than the block says: it is damaged. */
size_t event_unpack(struct event_model *model, const struct trace_packed *block,
                    struct trace_event *events);

#endif
