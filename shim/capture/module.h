/* Which loaded file does an address belong to? Asked without the loader's lock: through
 * _dl_find_object where the C library has it (2.35), else from the list taken at start-up. */
#ifndef UNKNOT_SHIM_MODULE_H
#define UNKNOT_SHIM_MODULE_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/format.h"

struct module_place {
    uintptr_t start, end, bias;
    const void *unwind_table; /* its .eh_frame_hdr, NULL if none */
    const char *path;         /* "" for the program itself */
    const void *link;         /* the loader's entry for it, NULL if unknown */
};

void module_start(void);
void module_after_fork(void);

/* False if no module covers `address`. Any thread; lock-free. The answer holds while code of the
 * module is on the asking thread's stack, or the module is never unloaded. */
bool module_find(uintptr_t address, struct module_place *place);

/* The module's id, given at first sight; 0 when there are too many. Any thread. */
uint32_t module_intern(const struct module_place *place);

/* What a file is told by. The pointers stay good. */
struct module_identity {
    const char *path;
    uintptr_t bias;
    const uint8_t *build_id;
    uint32_t build_id_bytes; /* 0: it has none */
};

/* Of the module with this id, which module_intern gave. Any thread; lock-free. */
struct module_identity module_identity(uint32_t id);

/* Makes known what is loaded now, for module_record_all. Takes the lock of the loader's list. */
void module_intern_loaded(void);

/* Writes the MODULE records that are missing of what is known; under recording_lock. */
void module_record_all(void);

/* Calls `gone` with the range of each known module that is no longer loaded; it is not found again
 * by later addresses. */
void module_forget_unloaded(void (*gone)(uintptr_t start, uintptr_t end));

/* The code of `address` in module `id` (0: the address itself), its MODULE record written if it
 * is not; under recording_lock. */
trace_code_t module_record(uint32_t id, uintptr_t address);

/* True if the address lies in the shim itself; in the C library. */
bool module_is_shim(uintptr_t address);
bool module_is_c_library(uintptr_t address);

#endif
