#include "trace/event_pack.h"

#include <stdbool.h>
#include <string.h>

/* A byte says of how many bytes each field's difference is: bits 0-1 object, 2-3 number, 4-5 stack,
 * with sizes 0, 1, 2, 4; bits 6-7 what the event is, with sizes 0, 2, 4, or RUN: bits 0-5 say
 * how many events are as predicted. */
enum { RUN = 3 << 6, MOST_IN_RUN = 63, TOKEN_BYTES = 17 };

/* The second half of an event, as it lies there: the kind is in bits 32-39. */
static uint64_t half_of(const struct trace_event *event)
{
    uint64_t half;
    memcpy(&half, &event->stack, sizeof(half));
    return half;
}

static size_t shape_after(uint64_t half)
{
    return half * 0x9e3779b97f4a7c15u >> 32 & (EVENT_PACK_SHAPES - 1);
}

static struct event_numbers *numbers_of(struct event_model *model, uint32_t object, uint64_t half)
{
    uint32_t key = object * 8 + (uint32_t)(half >> 32 & 0xff);
    return &model->numbers[key * 0x9e3779b1u >> 16 & (EVENT_PACK_NUMBERS - 1)];
}

static void learn(struct event_numbers *numbers, uint32_t sequence)
{
    numbers->step = sequence - numbers->last;
    numbers->last = sequence;
}

/* Small numbers of either sign become small ones. */
static uint32_t fold_sign(uint32_t difference)
{
    return difference << 1 ^ (0 - (difference >> 31));
}

static uint32_t unfold_sign(uint32_t folded)
{
    return folded >> 1 ^ (0 - (folded & 1));
}

/* The flags of ids, which are their top bits, are seldom what differs. */
static uint32_t flags_down(uint32_t id)
{
    return id << 3 | id >> 29;
}

static uint32_t flags_up(uint32_t id)
{
    return id >> 3 | id << 29;
}

static unsigned size_code(uint32_t value)
{
    return (value != 0) + (value > UINT8_MAX) + (value > UINT16_MAX);
}

static unsigned size_of(unsigned code)
{
    return (1u << code) >> 1;
}

/* Fewer than four bytes are the low ones of four: what is written behind them is overwritten. */
static uint8_t *put(uint8_t *at, uint32_t value, unsigned bytes)
{
    memcpy(at, &value, sizeof(value));
    return at + bytes;
}

/* Stack, kind, mode and span seldom differ. */
static uint8_t *put_half(uint8_t *token, uint8_t *at, uint64_t half)
{
    uint32_t stack = (uint32_t)half, ending = (uint32_t)(half >> 32);
    unsigned code = size_code(stack), rest = (ending != 0) + (ending > UINT16_MAX);
    *token |= (uint8_t)(code << 4 | rest << 6);
    return put(put(at, stack, size_of(code)), ending, rest * 2);
}

/* Another object at the same place: two bytes each are quick, and sizes of their own save little.
 * Written as one word, whose zeros are overwritten. */
static uint8_t *put_object(uint8_t *at, uint32_t id, uint32_t folded)
{
    uint64_t bytes = (2 | 2 << 2) | id << 8 | (uint64_t)folded << 24;
    memcpy(at, &bytes, sizeof(bytes));
    return at + 5;
}

/* Out of the loop, whose registers the rest needs. */
static __attribute__((noinline)) uint8_t *put_any(uint8_t *token, uint32_t id, uint64_t half,
                                                  uint32_t folded)
{
    unsigned codes[] = {size_code(id), size_code(folded)};
    uint8_t *at = put(token + 1, id, size_of(codes[0]));
    *token = (uint8_t)(codes[0] | codes[1] << 2);
    at = put(at, folded, size_of(codes[1]));
    return half ? put_half(token, at, half) : at;
}

/* Each against what was predicted. */
static uint8_t *put_event(uint8_t *at, uint32_t object, uint64_t half, uint32_t number)
{
    uint32_t id = flags_down(object), folded = fold_sign(number);
    if (half == 0 && id - 1 < UINT16_MAX && folded - 1 < UINT16_MAX)
        return put_object(at, id, folded);
    return put_any(at, id, half, folded);
}

static __attribute__((noinline)) uint8_t *put_run(uint8_t *at, size_t count)
{
    for (; count > MOST_IN_RUN; count -= MOST_IN_RUN)
        *at++ = RUN | MOST_IN_RUN;
    if (count)
        *at++ = (uint8_t)(RUN | count);
    return at;
}

size_t event_pack(struct event_model *model, const struct trace_event *events, size_t count,
                  struct trace_packed *block)
{
    struct event_shape *predicted = &model->shapes[0];
    uint8_t *at = block->data;
    size_t run = 0, unwritten = 0;

    memset(model, 0, sizeof(*model));
    for (size_t i = 0; i < count; i++) {
        uint64_t half = half_of(&events[i]);
        uint32_t object = events[i].object, sequence = events[i].sequence;
        struct event_numbers *numbers = numbers_of(model, object, half);
        uint32_t number = sequence - numbers->last - numbers->step;
        if ((half >> 32 & 0xff) == 0) {
            unwritten++;
            continue;
        }
        struct event_shape *next = &model->shapes[shape_after(half)];
        if (predicted->half == half && predicted->object == object && number == 0) {
            numbers->last = sequence;
            predicted = next;
            run++;
            continue;
        }
        if (run)
            at = put_run(at, run);
        run = 0;
        at = put_event(at, object ^ predicted->object, half ^ predicted->half, number);
        *predicted = (struct event_shape){half, object};
        learn(numbers, sequence);
        predicted = next;
    }
    at = put_run(at, run);
    memset(at, 0, 8);
    block->bytes = (uint32_t)((size_t)(at - (uint8_t *)block) + 8) & ~7u;
    block->count = (uint32_t)(count - unwritten);
    return block->bytes;
}

static uint32_t take(const uint8_t **at, unsigned bytes)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < bytes; i++)
        value |= (uint32_t)(*at)[i] << 8 * i;
    *at += bytes;
    return value;
}

/* Adds what the bytes at `*at` say to the predicted shape; the number's difference. */
static uint32_t take_event(const uint8_t **at, struct event_shape *shape)
{
    unsigned token = *(*at)++;
    shape->object ^= flags_up(take(at, size_of(token & 3)));
    uint32_t number = unfold_sign(take(at, size_of(token >> 2 & 3)));
    shape->half ^= take(at, size_of(token >> 4 & 3));
    shape->half ^= (uint64_t)take(at, (token >> 6) * 2) << 32;
    return number;
}

/* The next event, if the number differs by that much. */
static struct trace_event next_event(struct event_model *model, const struct event_shape *shape,
                                     uint32_t number)
{
    struct event_numbers *numbers = numbers_of(model, shape->object, shape->half);
    struct trace_event event = {.object = shape->object,
                                .sequence = numbers->last + numbers->step + number};
    memcpy(&event.stack, &shape->half, sizeof(shape->half));
    learn(numbers, event.sequence);
    model->shapes[model->next] = *shape;
    model->next = shape_after(shape->half);
    return event;
}

/* One token, its bytes being there; false at the end. */
static bool unpack_token(struct event_model *model, const uint8_t **at, struct trace_event *events,
                         size_t *count)
{
    struct event_shape shape = model->shapes[model->next];
    unsigned token = **at, run = token & MOST_IN_RUN;
    if (token == 0)
        return false;
    if ((token & RUN) != RUN) {
        uint32_t number = take_event(at, &shape);
        events[(*count)++] = next_event(model, &shape, number);
        return true;
    }
    ++*at;
    for (; run && *count < TRACE_PACKED_EVENTS; run--) {
        shape = model->shapes[model->next];
        events[(*count)++] = next_event(model, &shape, 0);
    }
    return true;
}

size_t event_unpack(struct event_model *model, const struct trace_packed *block,
                    struct trace_event *events)
{
    const uint8_t *at = block->data, *end = (const uint8_t *)block + block->bytes;
    uint8_t last[2 * TOKEN_BYTES] = {0}; /* the end, with zeros behind it */
    size_t count = 0;

    memset(model, 0, sizeof(*model));
    while (count < TRACE_PACKED_EVENTS && end - at >= TOKEN_BYTES) {
        if (!unpack_token(model, &at, events, &count))
            return count;
    }
    size_t left = (size_t)(end - at);
    if (left < TOKEN_BYTES)
        memcpy(last, at, left);
    for (at = last; count < TRACE_PACKED_EVENTS && at < last + left;) {
        if (!unpack_token(model, &at, events, &count))
            break;
    }
    return count;
}
