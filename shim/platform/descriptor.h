/* Descriptors the shim keeps open in somebody else's process.
 *
 * They live above the program's soft limit, where neither its numbering nor its counting meets
 * them, and are close-on-exec; where the hard limit leaves no such place none is kept, and the file
 * is opened for each use. A program may still close every descriptor it can name and reuse the
 * numbers, so each file is remembered by device and inode and checked before use. Not thread-safe:
 * the owner serializes. Allocates nothing; may change errno. */
#ifndef UNKNOT_SHIM_DESCRIPTOR_H
#define UNKNOT_SHIM_DESCRIPTOR_H

#include <stdbool.h>
#include <sys/types.h>

struct kept_descriptor {
    int fd; /* -1: none is kept */
    dev_t device;
    ino_t inode;
};

/* Takes over `fd`: moves it out of the way, or closes it and remembers the file. */
void descriptor_keep(struct kept_descriptor *kept, int fd);

/* The same for a private duplicate of `fd`, which stays as it is. */
void descriptor_duplicate(struct kept_descriptor *kept, int fd);

/* A descriptor of the file it was, -1 if there is none: the kept one; `fallback` if it still is
 * that file (-1: do not look); or `path` opened anew (NULL: do not). Give it to descriptor_done. */
int descriptor_use(struct kept_descriptor *kept, int fallback, const char *path);
void descriptor_done(const struct kept_descriptor *kept, int fallback, int fd);

/* Closes it if it is still ours. */
void descriptor_drop(struct kept_descriptor *kept);

#endif
