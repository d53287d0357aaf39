/* Where CPython keeps things, by version. From 3.13 on the interpreter says most of it itself, in a
 * table at the start of _PyRuntime; before, and for the rest, the offsets are written down here.
 *
 * Any thread; no allocation. Offsets are of x86-64, in bytes. */
#ifndef UNKNOT_DIAGNOSE_PYTHON_LAYOUT_H
#define UNKNOT_DIAGNOSE_PYTHON_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PYTHON_NONE UINT16_MAX /* this version has no such field */

/* How a frame tells what it is executing. */
enum python_instruction {
    PYTHON_INSTRUCTION_BYTES,   /* an int: bytes from the start of the code */
    PYTHON_INSTRUCTION_UNITS,   /* an int: instructions of two bytes */
    PYTHON_INSTRUCTION_POINTER, /* its address */
};

enum python_line_table {
    PYTHON_LINES_PAIRS,     /* 3.8, 3.9: steps of address and line */
    PYTHON_LINES_RANGES,    /* 3.10 */
    PYTHON_LINES_LOCATIONS, /* 3.11 on, with columns */
};

/* Where the attributes of an object of a Python class lie. */
enum python_attributes {
    PYTHON_ATTRIBUTES_DICT,   /* in a dict at the type's offset */
    PYTHON_ATTRIBUTES_BESIDE, /* 3.11: a dict or an array of values before the object */
    PYTHON_ATTRIBUTES_TAGGED, /* 3.12: one of them, told by the lowest bit */
    PYTHON_ATTRIBUTES_INLINE, /* 3.13 on: a dict before the object, or values after it */
};

struct python_layout {
    uint8_t minor; /* of version 3 */
    enum python_instruction instruction;
    enum python_line_table lines;
    enum python_attributes attributes;
    uint8_t exit_slots; /* of the value stack that a with block takes: __exit__, and its self */
    bool old_dict_keys; /* before 3.11 */

    uint16_t interpreters, interpreter_next, interpreter_threads, interpreter_modules;
    uint16_t thread_next, thread_id, thread_tid, thread_frame;
    uint16_t frame_of_thread_frame; /* PYTHON_NONE: thread_frame is the running frame */

    uint16_t frame_previous, frame_code, frame_globals, frame_instruction, frame_owner;
    uint16_t frame_locals;
    uint16_t frame_value_stack, frame_block_count, frame_blocks; /* before 3.11 */

    uint16_t code_file, code_name, code_first_line, code_lines, code_exceptions;
    uint16_t code_instructions; /* before 3.11 a bytes object, then in place */
    uint16_t code_local_names, code_local_count, code_stack_size;

    uint16_t string_text, string_wide_text; /* of ASCII, of others */
    uint16_t type_cached_keys, values_first;
};

/* The layout of version 3.`minor`; NULL when it is not known. */
const struct python_layout *python_layout_find(unsigned minor);

/* How much of _PyRuntime python_layout_describe looks at. */
#define PYTHON_DESCRIPTION_BYTES 400

/* Takes from the interpreter's own table what that says; false when `table` is none, or describes
 * a build without the interpreter's lock, whose objects are others. Nothing in it before 3.13. */
__attribute__((warn_unused_result)) bool
python_layout_describe(const unsigned char table[PYTHON_DESCRIPTION_BYTES],
                       struct python_layout *layout);

#endif
