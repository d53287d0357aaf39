#include "analyzer/diagnose/python_code.h"

#include <string.h>

#define COUNT_CAP   65536
#define HANDLER_CAP 128

static bool read_code(struct python_reader *reader, uint64_t object, struct python_code *code)
{
    const struct python_layout *layout = &reader->layout;
    if (!python_is(reader, object, PYTHON_CODE)) {
        return false;
    }
    *code = (struct python_code){
        .object = object,
        .name = python_string(reader, python_word(reader, object + layout->code_name)),
        .file = python_string(reader, python_word(reader, object + layout->code_file)),
        .first_line = (uint32_t)python_int(reader, object + layout->code_first_line),
        .instructions = object + layout->code_instructions,
        .local_count = (uint32_t)python_int(reader, object + layout->code_local_count),
        .stack_size = (uint32_t)python_int(reader, object + layout->code_stack_size),
    };
    code->lines =
        python_bytes(reader, python_word(reader, object + layout->code_lines), &code->line_bytes);
    if (layout->code_exceptions != PYTHON_NONE) {
        code->exceptions = python_bytes(
            reader, python_word(reader, object + layout->code_exceptions), &code->exception_bytes);
    }
    return code->local_count < COUNT_CAP && code->stack_size < COUNT_CAP;
}

const struct python_code *python_code_get(struct python_reader *reader, uint64_t object)
{
    struct arena *arena = reader->target->arena;
    struct python_code read;
    struct python_code *code;
    HASH_FIND(hh, reader->codes, &object, sizeof object, code);
    if (code == NULL) {
        if (!read_code(reader, object, &read)) {
            return NULL;
        }
        code = arena_alloc(arena, 1, sizeof *code);
        *code = read;
        HASH_ADD(hh, reader->codes, object, sizeof object, code);
    }
    return code;
}

/* 3.8, 3.9: bytes to go on, lines to go on. */
static uint32_t line_of_pairs(const struct python_code *code, uint64_t bytes)
{
    int64_t line = code->first_line;
    uint64_t address = 0;
    for (size_t i = 0; i + 1 < code->line_bytes; i += 2) {
        address += code->lines[i];
        if (address > bytes) {
            break;
        }
        line += (int8_t)code->lines[i + 1];
    }
    return line > 0 ? (uint32_t)line : 0;
}

/* 3.10: bytes that a range has, lines it is after the one before; -128: it has no line. */
static uint32_t line_of_ranges(const struct python_code *code, uint64_t bytes)
{
    int64_t line = code->first_line;
    uint64_t end = 0;
    for (size_t i = 0; i + 1 < code->line_bytes; i += 2) {
        int8_t step = (int8_t)code->lines[i + 1];
        end += code->lines[i];
        line += step != INT8_MIN ? step : 0;
        if (bytes < end) {
            return step != INT8_MIN && line > 0 ? (uint32_t)line : 0;
        }
    }
    return 0;
}

/* Six bits a byte, the lowest first, the next bit says that more follow. */
static uint64_t read_number(const unsigned char *table, size_t count, size_t *at)
{
    uint64_t number = 0;
    unsigned shift = 0;
    while (*at < count) {
        unsigned char byte = table[(*at)++];
        number |= shift < 60 ? (uint64_t)(byte & 63) << shift : 0;
        shift += 6;
        if ((byte & 64) == 0) {
            break;
        }
    }
    return number;
}

static int64_t read_signed(const unsigned char *table, size_t count, size_t *at)
{
    uint64_t number = read_number(table, count, at);
    return (number & 1) != 0 ? -(int64_t)(number >> 1) : (int64_t)(number >> 1);
}

/* 3.11 on: each entry starts with a byte that has the highest bit set, its form and its length in
 * instructions; forms differ in how they tell the step of the line and the columns. */
static uint32_t line_of_locations(const struct python_code *code, uint64_t bytes)
{
    enum { SHORT_FORMS = 10, ONE_LINE_FORMS = 13, NO_COLUMNS = 13, LONG = 14, NO_LINE = 15 };
    int64_t line = code->first_line;
    uint64_t end = 0;
    for (size_t at = 0; at < code->line_bytes;) {
        unsigned char head = code->lines[at++];
        unsigned form = head >> 3 & 15;
        end += ((head & 7u) + 1) * 2;
        if (form >= SHORT_FORMS && form < ONE_LINE_FORMS) {
            line += form - SHORT_FORMS;
        } else if (form == NO_COLUMNS || form == LONG) {
            line += read_signed(code->lines, code->line_bytes, &at);
        }
        if (bytes < end) {
            return form != NO_LINE && line > 0 ? (uint32_t)line : 0;
        }
        while (at < code->line_bytes && (code->lines[at] & 128) == 0) {
            at++;
        }
    }
    return 0;
}

uint32_t python_code_line(struct python_reader *reader, const struct python_code *code,
                          uint64_t bytes)
{
    if (code->lines == NULL) {
        return 0;
    }
    switch (reader->layout.lines) {
    case PYTHON_LINES_PAIRS:
        return line_of_pairs(code, bytes);
    case PYTHON_LINES_RANGES:
        return line_of_ranges(code, bytes);
    default:
        return line_of_locations(code, bytes);
    }
}

struct handler {
    uint64_t start, end, target; /* in instructions */
    uint32_t depth;
};

/* Six bits a byte, the highest first, the next bit says that more follow. */
static uint64_t read_field(const unsigned char *table, size_t count, size_t *at)
{
    uint64_t number = 0;
    while (*at < count) {
        unsigned char byte = table[(*at)++];
        number = number << 6 | (byte & 63u);
        if ((byte & 64) == 0) {
            break;
        }
    }
    return number;
}

/* The table has one entry at most for an instruction: the innermost handler's. */
static bool find_handler(const struct python_code *code, uint64_t instruction,
                         struct handler *handler)
{
    for (size_t at = 0; at < code->exception_bytes;) {
        handler->start = read_field(code->exceptions, code->exception_bytes, &at);
        handler->end = handler->start + read_field(code->exceptions, code->exception_bytes, &at);
        handler->target = read_field(code->exceptions, code->exception_bytes, &at);
        handler->depth = (uint32_t)(read_field(code->exceptions, code->exception_bytes, &at) >> 1);
        if (instruction >= handler->start && instruction < handler->end) {
            return true;
        }
    }
    return false;
}

size_t python_code_handlers(const struct python_code *code, uint64_t bytes,
                            struct python_handler *handlers, size_t capacity)
{
    struct handler handler;
    uint64_t instruction = bytes / 2;
    size_t count = 0;
    if (code->exceptions == NULL) {
        return 0;
    }
    for (size_t steps = 0; steps < HANDLER_CAP && count < capacity; steps++) {
        if (!find_handler(code, instruction, &handler)) {
            break;
        }
        if (count != 0 && handler.depth == handlers[count - 1].depth) {
            handlers[count - 1].at = handler.target * 2;
        } else if (handler.depth <= code->stack_size &&
                   (count == 0 || handler.depth < handlers[count - 1].depth)) {
            handlers[count++] = (struct python_handler){handler.depth, handler.target * 2};
        }
        instruction = handler.target; /* what is around the handler is around the block */
    }
    return count;
}

/* Up to 3.9 a handler has the line of the block's end, but a jump leads to it from the with. */
static uint32_t line_of_setup(struct python_reader *reader, const struct python_code *code,
                              uint64_t handler)
{
    enum { SETUP_WITH = 143, EXTENDED_ARG = 144 };
    size_t count;
    uint64_t argument = 0;
    const unsigned char *bytes =
        python_bytes(reader, python_word(reader, code->instructions), &count);
    for (size_t at = 0; bytes != NULL && at + 1 < count; at += 2) {
        argument = argument << 8 | bytes[at + 1];
        if (bytes[at] == SETUP_WITH && at + 2 + argument == handler) {
            return python_code_line(reader, code, at);
        }
        argument = bytes[at] == EXTENDED_ARG ? argument : 0;
    }
    return 0;
}

uint32_t python_code_with_line(struct python_reader *reader, const struct python_code *code,
                               uint64_t bytes)
{
    return reader->layout.lines == PYTHON_LINES_PAIRS ? line_of_setup(reader, code, bytes)
                                                      : python_code_line(reader, code, bytes);
}
