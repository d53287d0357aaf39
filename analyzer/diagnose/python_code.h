/* What a code object of CPython says of an instruction: its line, and the stack depths of the
 * handlers around it. Tables come from the target, so they may be anything.
 *
 * Not thread-safe; allocates from the target's arena. Linear in the tables. */
#ifndef UNKNOT_DIAGNOSE_PYTHON_CODE_H
#define UNKNOT_DIAGNOSE_PYTHON_CODE_H

#include "analyzer/base/table.h"
#include "analyzer/diagnose/python_object.h"

struct python_code {
    uint64_t object;
    const char *name, *file; /* NULL when they cannot be read */
    uint32_t first_line;
    uint64_t instructions; /* where they begin */
    uint32_t local_count, stack_size;
    const unsigned char *lines;
    size_t line_bytes;
    const unsigned char *exceptions; /* from 3.11 on */
    size_t exception_bytes;
    UT_hash_handle hh;
};

/* NULL when it is no code object. Each is read once. */
const struct python_code *python_code_get(struct python_reader *reader, uint64_t object);

/* The line of the instruction `bytes` after the start; 0 when it has none. */
uint32_t python_code_line(struct python_reader *reader, const struct python_code *code,
                          uint64_t bytes);

struct python_handler {
    uint32_t depth; /* of the value stack, which it restores */
    uint64_t at;    /* bytes from the start of the code */
};

/* The handlers around the instruction, from the deepest one on, the outermost for each depth; how
 * many, at most `capacity`. A with block's __exit__ lies just below the depth of its handler, which
 * is also that of blocks without a value of their own inside it. (A handler has one around it that
 * ends the handling, deeper than what is on the stack in the block: depths only fall.) From 3.11
 * on; before, frames list their blocks. */
size_t python_code_handlers(const struct python_code *code, uint64_t bytes,
                            struct python_handler *handlers, size_t capacity);

/* The line of the with statement whose handler is at `bytes`; 0 when it is not known. */
uint32_t python_code_with_line(struct python_reader *reader, const struct python_code *code,
                               uint64_t bytes);

#endif
