/* One ELF file and its debug information, by file address: functions with their inlined callers,
 * and data symbols. Debug information may lie in a separate file found by build-id; the network
 * is asked only when DEBUGINFOD_URLS is set.
 *
 * Not thread-safe. Opening is cheap; the first look-up in a compilation unit reads it whole. */
#ifndef UNKNOT_REPORT_SYMBOL_FILE_H
#define UNKNOT_REPORT_SYMBOL_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include "analyzer/base/arena.h"

struct frame {
    const char *function; /* demangled; NULL when unknown */
    const char *symbol;   /* the same as the linker has it */
    const char *file;     /* NULL when unknown */
    uint32_t line;        /* 0 when unknown */
    const char *module;   /* path of the ELF file, "" when in none */
    uint64_t offset;      /* in that file's addresses */
    bool inlined;         /* has no frame of its own: the next one called it inline */
    const char *language; /* "C", "C++", ...; NULL when unknown */
};

struct frame_list {
    size_t count;
    struct frame *frames; /* innermost first */
};

enum symbol_file_state {
    SYMBOL_FILE_READY,
    SYMBOL_FILE_MISSING, /* not there, or not an ELF file */
    SYMBOL_FILE_CHANGED, /* there, but not the one that was recorded: never used */
};

struct symbol_file;

/* Where distributions put separate debug files. */
#define SYMBOL_FILE_DEBUG_FOLDER "/usr/lib/debug"

/* Always returns a file; one that is not READY knows no names. No build-id: not compared. Debug
 * files are looked for in `debug_folder` too. */
struct symbol_file *symbol_file_open(struct arena *arena, const char *path, const uint8_t *build_id,
                                     size_t build_id_bytes, const char *debug_folder);
void symbol_file_close(struct symbol_file *file);
enum symbol_file_state symbol_file_state(const struct symbol_file *file);
const char *symbol_file_path(const struct symbol_file *file);

/* At least one frame, innermost first. */
struct frame_list symbol_file_frames(const struct symbol_file *file, struct arena *arena,
                                     uint64_t address);

/* Where the function that covers the address starts and ends, by the symbol table. False without a
 * symbol. */
__attribute__((warn_unused_result)) bool symbol_file_function(const struct symbol_file *file,
                                                              uint64_t address, uint64_t *start,
                                                              uint64_t *end);

/* The symbol that covers the address, a function's or a variable's, as the linker has it, and
 * how far into it that is; NULL without one. */
const char *symbol_file_symbol(const struct symbol_file *file, struct arena *arena,
                               uint64_t address, uint64_t *inside);

struct data_name {
    const char *name; /* "lock_A", "table[2].lock", "table+0x28"; NULL when no symbol covers it */
    const char *file; /* where it is defined; NULL when unknown */
    uint32_t line;
    /* If it is a variable, all of it and no part: what that is called there. Else NULL. */
    const char *variable;
    const char *function; /* whose static it is; NULL outside functions */
    bool is_external;     /* other files can name it */
};

/* The name of what lies at a data address. */
struct data_name symbol_file_data(struct symbol_file *file, struct arena *arena, uint64_t address);

#endif
