/* Does the code after a call look at what the call returned? Told from x86-64 machine code, as the
 * ABI has it: the result is in eax, and any other call may overwrite eax.
 *
 * Follows straight-line code, jumps and both sides of conditional jumps, for a bounded number of
 * instructions, without recursion on the code's own structure. Any look at eax counts as a use,
 * also storing it where nobody ever reads it: what cannot be told is never "ignored". Any thread;
 * allocates nothing. */
#ifndef UNKNOT_MISUSE_RESULT_USE_H
#define UNKNOT_MISUSE_RESULT_USE_H

#include <stddef.h>
#include <stdint.h>

/* Code that lies together: `size` bytes, the first one at address `start`. */
struct code {
    const uint8_t *bytes;
    uint64_t start;
    size_t size;
};

enum result_use {
    RESULT_USED,
    RESULT_IGNORED, /* overwritten on every way, and looked at on none */
    RESULT_PASSED,  /* still there when the function returns: its caller decides */
    RESULT_UNKNOWN,
};

/* `address`: where the call returns to. */
enum result_use result_use_find(const struct code *code, uint64_t address);

#endif
