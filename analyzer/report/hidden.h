/* What a report says of the findings that are hidden, and of the suppressions and the baseline that
 * hide them. Filled by analyzer/suppress/hide.h; read-only after. */
#ifndef UNKNOT_REPORT_HIDDEN_H
#define UNKNOT_REPORT_HIDDEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A suppression that matched nothing. */
struct unused_suppression {
    const char *file;
    uint32_t line;
    const char *name;
    bool is_foreign; /* of a file for another tool: these are long, and shared by many programs */
};

struct hidden_summary {
    bool has_suppressions;
    size_t suppressed;
    const struct unused_suppression *unused;
    size_t unused_count;
    size_t inapplicable;  /* suppressions of what is not looked for: races, leaks */
    const char *baseline; /* its path; NULL: none */
    size_t known;
    size_t gone; /* fingerprints of the baseline that no finding has */
};

#endif
