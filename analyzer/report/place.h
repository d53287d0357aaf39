/* Which frames of a stack are the program's own, and how a place in it is told to a person.
 * Any thread; allocates from the arena only. Text is not yet escaped for an output. */
#ifndef UNKNOT_REPORT_PLACE_H
#define UNKNOT_REPORT_PLACE_H

#include "analyzer/report/symbol.h"

/* The stack without the wrappers around the lock call (std::, pthread_) in front and without what
 * started the thread or main behind; the whole stack if nothing else is left. */
struct frame_list place_program_frames(struct frame_list stack);

/* Whether the frame starts threads or main, or only wraps what does. */
bool place_is_start(const struct frame *frame);

/* "bank::account::move": the function without its arguments and return type; "prog+0x1234" when
 * it is not known. */
const char *place_function(struct arena *arena, const struct frame *frame);

/* The file as seen from the directory the program started in. */
const char *place_file(struct arena *arena, const struct execution *execution, const char *path);

/* "src/main.c:12", or NULL when the line is not known. */
const char *place_line(struct arena *arena, const struct execution *execution,
                       const struct frame *frame);

/* "f1 (main.c:12)" of the innermost program frame; NULL for an empty stack. */
const char *place_summary(struct arena *arena, struct frame_list stack);

/* The same of the frame that called it; NULL when there is none. */
const char *place_caller_summary(struct arena *arena, struct frame_list stack);

#endif
