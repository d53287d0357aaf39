/* What a lock is called where people write its name down: in a file of lock orders, in tables. The
 * name the program gave it; else "accounts @bank.c", its symbol and the file that defines it, or
 * "mutex created in open_account @bank.c". No line numbers and addresses, so that it survives
 * edits; locks that share it are one as far as such a file goes. Allocates from the arena. */
#ifndef UNKNOT_REPORT_LOCK_LABEL_H
#define UNKNOT_REPORT_LOCK_LABEL_H

#include "analyzer/report/symbol.h"

const char *lock_label(struct arena *arena, struct symbolizer *symbolizer,
                       const struct execution *execution, const struct lock *lock);

#endif
