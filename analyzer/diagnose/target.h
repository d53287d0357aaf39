/* What is diagnosed: a process that runs, or the core of one, as memory, modules and threads.
 * Nothing here changes it. Only target_get_registers stops a thread of a living process, for as
 * long as it takes to read its registers; the rest reads /proc.
 *
 * Everything found may be nonsense: a core comes from anywhere, and a living process changes while
 * it is read. Every read is checked, no length from the target is believed. Not thread-safe;
 * allocates from the arena given to target_open. A read of a living process is a system call, so
 * whole structures should be read at once. */
#ifndef UNKNOT_DIAGNOSE_TARGET_H
#define UNKNOT_DIAGNOSE_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "analyzer/base/arena.h"

/* The numbers that DWARF gives x86-64's registers; TARGET_PC is its return address column. */
enum target_register {
    TARGET_RAX = 0,
    TARGET_RDX = 1,
    TARGET_RBX = 3,
    TARGET_RSI = 4,
    TARGET_RDI = 5,
    TARGET_RBP = 6,
    TARGET_RSP = 7,
    TARGET_R8 = 8,
    TARGET_R9 = 9,
    TARGET_R10 = 10,
    TARGET_PC = 16,
    TARGET_REGISTERS = 17,
};

struct target_thread {
    uint32_t tid;      /* the kernel's, as the process itself sees it */
    uint32_t seen_tid; /* the same thread's as this process sees it: not equal across containers */
    const char *name;  /* the kernel's, "" when unknown */
    char state;        /* as in /proc/PID/stat: 'S' sleeps, 'R' runs, 'Z' has ended; 0 in a core */
    /* How often it was taken off a processor: when equal, it did not run. 0 in a core. */
    uint64_t switches;
    uint64_t sleeps; /* how often of these by its own doing, to wait for something */

    /* The system call it is in, if it is in one. */
    bool in_syscall;
    int64_t syscall;
    uint64_t arguments[6];

    /* Where it stands; these two alone are known without stopping it, 0 while it runs. */
    uint64_t pc, stack_pointer;
    bool has_registers; /* always in a core; after target_get_registers in a living process */
    uint64_t registers[TARGET_REGISTERS];
    uint64_t thread_pointer; /* its pthread_t; 0 while has_registers is false */
};

/* An ELF file mapped as a program or library. */
struct target_module {
    const char *path;        /* as the process sees it */
    const char *file;        /* where to open it from here; NULL when it is gone or another one */
    const char *problem;     /* why `file` is NULL, one line; else NULL */
    uint64_t start, end;     /* its mappings lie between */
    uint64_t bias;           /* address in memory minus address in the file */
    const uint8_t *build_id; /* of what is mapped; NULL when unknown */
    uint32_t build_id_bytes;
};

struct target_source;

struct target {
    struct arena *arena;
    bool is_core;
    uint32_t pid;                  /* as the process itself sees it */
    const char *executable;        /* its path as the process sees it, "" when unknown */
    const char *directory;         /* it runs in, "" when unknown */
    const char *arguments;         /* its command line in one string, "" when unknown */
    uint32_t tracer;               /* the process that traces it; 0 for none */
    const char *damage;            /* what of a core is missing, one line; NULL for nothing */
    struct target_thread *threads; /* by tid */
    size_t thread_count;
    struct target_module *modules; /* by address; the first one may not be the executable */
    size_t module_count;
    struct target_source *source; /* private: target.c, live.c, core.c */
};

/* Opens the process with that number, or the core file of that name. False with *error, one line
 * that says what to do, when it cannot be examined. */
__attribute__((warn_unused_result)) bool target_open(struct arena *arena, const char *name,
                                                     struct target *target, const char **error);
void target_close(struct target *target);

/* Looks again at the threads of a living process: their states, system calls and switches; their
 * registers are unknown afterwards. False when it has ended. A core never changes. */
__attribute__((warn_unused_result)) bool target_refresh(struct target *target);

/* Reads all of it or nothing. */
__attribute__((warn_unused_result)) bool target_read(const struct target *target, uint64_t address,
                                                     void *buffer, size_t bytes);

/* Fills the registers, if they are not known. A living thread is stopped for some microseconds:
 * not to be done to one in a system call that a stop interrupts (a futex wait goes on). */
__attribute__((warn_unused_result)) bool target_get_registers(struct target *target,
                                                              struct target_thread *thread);

/* NULL when there is none. */
struct target_thread *target_find_thread(const struct target *target, uint32_t tid);
const struct target_module *target_find_module(const struct target *target, uint64_t address);

/* The thread whose pthread_t this is, NULL when it is none's: what glibc keeps there has the tid.
 */
struct target_thread *target_find_pthread(const struct target *target, uint64_t pthread);

/* The address in the process of a symbol that the module defines, from its file's dynamic symbols
 * or else its full table; 0 when it has none of that name. Reads the file's tables each time. */
uint64_t target_find_symbol(const struct target *target, const struct target_module *module,
                            const char *name);

#endif
