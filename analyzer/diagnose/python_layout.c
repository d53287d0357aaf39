#include "analyzer/diagnose/python_layout.h"

#include <string.h>

#define COOKIE "xdebugpy"

/* 3.8 to 3.10 keep frames as objects. */
#define OLD_FRAMES                                                                                 \
    .attributes = PYTHON_ATTRIBUTES_DICT, .exit_slots = 1, .old_dict_keys = true,                  \
    .interpreters = 32, .interpreter_threads = 8, .thread_next = 8, .thread_id = 176,              \
    .thread_tid = PYTHON_NONE, .thread_frame = 24, .frame_of_thread_frame = PYTHON_NONE,           \
    .frame_previous = 24, .frame_code = 32, .frame_globals = 48, .frame_owner = PYTHON_NONE,       \
    .frame_value_stack = 64, .code_file = 104, .code_name = 112, .code_first_line = 40,            \
    .code_lines = 120, .code_exceptions = PYTHON_NONE, .code_instructions = 48,                    \
    .code_local_names = 72, .code_local_count = 28, .code_stack_size = 32, .string_text = 48,      \
    .string_wide_text = 72, .type_cached_keys = PYTHON_NONE

/* From 3.11 on they lie on a stack of the thread's. */
#define NEW_FRAMES                                                                                 \
    .instruction = PYTHON_INSTRUCTION_POINTER, .lines = PYTHON_LINES_LOCATIONS, .thread_next = 8,  \
    .frame_instruction = 56, .frame_locals = 72, .frame_value_stack = PYTHON_NONE,                 \
    .code_file = 112, .code_name = 128, .code_exceptions = 40, .code_lines = 136,                  \
    .code_local_names = 96

/* 3.12 on. */
#define PLAIN_STRINGS .string_text = 40, .string_wide_text = 56, .type_cached_keys = 880

static const struct python_layout layouts[] = {
    {.minor = 8,
     OLD_FRAMES,
     .instruction = PYTHON_INSTRUCTION_BYTES,
     .lines = PYTHON_LINES_PAIRS,
     .interpreter_modules = 56,
     .frame_instruction = 104,
     .frame_block_count = 112,
     .frame_blocks = 120,
     .frame_locals = 360},
    {.minor = 9,
     OLD_FRAMES,
     .instruction = PYTHON_INSTRUCTION_BYTES,
     .lines = PYTHON_LINES_PAIRS,
     .interpreter_modules = 856,
     .frame_instruction = 104,
     .frame_block_count = 112,
     .frame_blocks = 120,
     .frame_locals = 360},
    {.minor = 10,
     OLD_FRAMES,
     .instruction = PYTHON_INSTRUCTION_UNITS,
     .lines = PYTHON_LINES_RANGES,
     .interpreter_modules = 856,
     .frame_instruction = 96,
     .frame_block_count = 104,
     .frame_blocks = 112,
     .frame_locals = 352},
    {.minor = 11,
     NEW_FRAMES,
     .attributes = PYTHON_ATTRIBUTES_BESIDE,
     .exit_slots = 1,
     .interpreters = 40,
     .interpreter_threads = 16,
     .interpreter_modules = 888,
     .thread_id = 152,
     .thread_tid = 160,
     .thread_frame = 56,
     .frame_of_thread_frame = 8,
     .frame_previous = 48,
     .frame_code = 32,
     .frame_globals = 8,
     .frame_owner = PYTHON_NONE,
     .code_first_line = 72,
     .code_instructions = 184,
     .code_local_count = 76,
     .code_stack_size = 68,
     .string_text = 48,
     .string_wide_text = 72,
     .type_cached_keys = 872},
    {.minor = 12,
     NEW_FRAMES,
     PLAIN_STRINGS,
     .attributes = PYTHON_ATTRIBUTES_TAGGED,
     .exit_slots = 1,
     .interpreters = 40,
     .interpreter_threads = 72,
     .interpreter_modules = 944,
     .thread_id = 136,
     .thread_tid = 144,
     .thread_frame = 56,
     .frame_previous = 8,
     .frame_globals = 24,
     .frame_owner = 70,
     .code_first_line = 68,
     .code_instructions = 192,
     .code_local_count = 72,
     .code_stack_size = 64},
    {.minor = 13,
     NEW_FRAMES,
     PLAIN_STRINGS,
     .attributes = PYTHON_ATTRIBUTES_INLINE,
     .exit_slots = 1,
     .frame_of_thread_frame = PYTHON_NONE,
     .frame_globals = 24,
     .code_local_count = 72,
     .code_stack_size = 64,
     .values_first = 8},
    {.minor = 14,
     NEW_FRAMES,
     PLAIN_STRINGS,
     .attributes = PYTHON_ATTRIBUTES_INLINE,
     .exit_slots = 2,
     .frame_of_thread_frame = PYTHON_NONE,
     .frame_globals = 24,
     .code_local_count = 72,
     .code_stack_size = 64,
     .values_first = 8},
};

/* Where the interpreter's own table has which offset. */
struct description {
    uint16_t at[2]; /* in 3.13, in 3.14 */
    uint16_t field; /* of struct python_layout */
};

#define DESCRIBED(field, in_13, in_14)                                                             \
    {                                                                                              \
        {in_13, in_14}, offsetof(struct python_layout, field)                                      \
    }

static const struct description descriptions[] = {
    DESCRIBED(interpreters, 40, 40),        DESCRIBED(interpreter_next, 64, 64),
    DESCRIBED(interpreter_threads, 72, 72), DESCRIBED(interpreter_modules, 88, 96),
    DESCRIBED(thread_next, 168, 192),       DESCRIBED(thread_frame, 184, 208),
    DESCRIBED(thread_id, 192, 216),         DESCRIBED(thread_tid, 200, 224),
    DESCRIBED(frame_previous, 232, 256),    DESCRIBED(frame_code, 240, 264),
    DESCRIBED(frame_instruction, 248, 272), DESCRIBED(frame_locals, 256, 280),
    DESCRIBED(frame_owner, 264, 288),       DESCRIBED(code_file, 280, 320),
    DESCRIBED(code_name, 296, 336),         DESCRIBED(code_lines, 304, 344),
    DESCRIBED(code_first_line, 312, 352),   DESCRIBED(code_local_names, 328, 368),
    DESCRIBED(code_instructions, 344, 384),
};

const struct python_layout *python_layout_find(unsigned minor)
{
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
        if (layouts[i].minor == minor) {
            return &layouts[i];
        }
    }
    return NULL;
}

static uint64_t word_of(const unsigned char *table, size_t at)
{
    uint64_t word;
    memcpy(&word, table + at, sizeof word);
    return word;
}

bool python_layout_describe(const unsigned char table[PYTHON_DESCRIPTION_BYTES],
                            struct python_layout *layout)
{
    struct python_layout described = *layout;
    bool free_threaded = word_of(table, 16) != 0;
    if (layout->minor < 13) {
        return true;
    }
    if (memcmp(table, COOKIE, sizeof COOKIE - 1) != 0 || free_threaded) {
        return false;
    }
    for (size_t i = 0; i < sizeof descriptions / sizeof *descriptions; i++) {
        uint64_t offset = word_of(table, descriptions[i].at[layout->minor - 13]);
        uint16_t value = (uint16_t)offset;
        if (offset >= PYTHON_NONE) {
            return false;
        }
        memcpy((unsigned char *)&described + descriptions[i].field, &value, sizeof value);
    }
    *layout = described;
    return true;
}
