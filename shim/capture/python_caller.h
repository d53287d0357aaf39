/* Is a sem_trywait the first half of a wait? CPython acquires a lock by trying first, whatever the
 * program asked for, and only waits if that fails: an uncontended `with lock:` and
 * `lock.acquire(False)` make the same calls. What they differ in is the bytecode that the calling
 * thread is executing.
 *
 * The answer is yes only for a `with` statement, or a call of a method `acquire` or `__enter__`
 * without arguments, and if the try comes from the interpreter itself. Offsets and opcodes differ
 * in every version; 3.8 to 3.12 are known. A thread's frames are its own and change only on it, so
 * nothing is locked and the interpreter's lock is not needed; a pointer is followed only from an
 * object whose type has been checked. Anything unexpected is a no: then the acquisition counts as a
 * try, and only a real wait orders locks.
 *
 * Any thread; no lock, no allocation; some 20 ns in a Python process, else a comparison. */
#ifndef UNKNOT_SHIM_PYTHON_CALLER_H
#define UNKNOT_SHIM_PYTHON_CALLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The file whose tries are asked about; 0 bytes if there is none. */
extern struct python_interpreter {
    uintptr_t start;
    size_t bytes;
} python_interpreter __attribute__((visibility("hidden")));

/* At start-up. Leaves a dlerror() behind where there is no Python. */
void python_caller_start(void);

bool python_caller_waits_slow(void);

/* For a sem_trywait that returns to `address`. */
static inline bool python_caller_waits(uintptr_t address)
{
    return __builtin_expect(address - python_interpreter.start < python_interpreter.bytes, 0) &&
           python_caller_waits_slow();
}

#endif
