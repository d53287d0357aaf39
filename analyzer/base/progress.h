/* How far long work has come: one line on stderr, if that is a terminal, from a second after the
 * first work began on; gone when the work is done. For the one thread that works for the user. */
#ifndef UNKNOT_BASE_PROGRESS_H
#define UNKNOT_BASE_PROGRESS_H

#include <stdint.h>

/* Work begins, maybe as a part of other work; `what` stays the caller's until it ends. */
void progress_begin(const char *what);

/* So much of it is done, of `total`; 0: not known. Looks at the clock, and no more most times. */
void progress_at(uint64_t done, uint64_t total);

/* The work that began last is done: its line is taken back. */
void progress_end(void);

#endif
