/* A file that is read from start to end, again and again. Of what can be read only once, a pipe,
 * the first reading makes a copy in a temporary file without a name. */
#ifndef UNKNOT_SCHEDULE_INPUT_FILE_H
#define UNKNOT_SCHEDULE_INPUT_FILE_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

struct input_file {
    int file;
    off_t size;      /* 0: not known */
    bool can_rewind; /* as it is */
    FILE *copy;      /* NULL: none is made */
    int error;       /* why there is none: an errno */
};

/* False with errno set. */
__attribute__((warn_unused_result)) bool input_file_open(struct input_file *input,
                                                         const char *path);

/* Like read(2), but never interrupted. */
__attribute__((warn_unused_result)) ssize_t input_file_read(struct input_file *input, void *buffer,
                                                            size_t bytes);

/* Back to the start, after the end was read; false with errno set. */
__attribute__((warn_unused_result)) bool input_file_rewind(struct input_file *input);

void input_file_close(struct input_file *input);

#endif
