/* The names a recording is made from: the program, its path pattern, its folder. Start-up and the
 * first record of a fork child only; no allocation, no stdio. */
#ifndef UNKNOT_SHIM_PATH_H
#define UNKNOT_SHIM_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PATH_BYTES = 4096 };

/* `pattern` with the current directory before it unless it is absolute; false if too long.
 * A '%' of the directory's own is doubled. */
bool path_absolute(const char *pattern, char absolute[PATH_BYTES]);

/* %n program name, %p pid, %x exec count, %% a percent sign; false if too long. */
bool path_expand(const char *pattern, uint32_t exec_count, char expanded[PATH_BYTES]);
bool path_has_exec_count(const char *pattern);

/* Makes the last folder of `path` (0700) if it is missing. */
bool path_make_folder(const char *path);

/* The executable; without /proc as it was started, for a script that is the script. Its length, 0
 * when nothing is known. */
size_t path_of_program(char path[PATH_BYTES]);

/* Executable, start directory and arguments as NUL-terminated strings, as far as they fit;
 * returns the bytes used. */
size_t process_describe(char *strings, size_t size, uint32_t *argument_count);

/* Remembers the start directory and the arguments while they are as they were. */
void process_remember(void);

#endif
