/* A suite as tables for a database (docs/export.md): CSV as in RFC 4180, the first line the names
 * of the columns. Rows are known by keys made of their content, so that tables of several exports
 * may be loaded into one. Not thread-safe. Linear in the rows and their sets of recordings. */
#ifndef UNKNOT_SUITE_SUITE_CSV_H
#define UNKNOT_SUITE_SUITE_CSV_H

#include <stdio.h>
#include "analyzer/report/format.h"
#include "analyzer/suite/suite.h"

/* The tables: CSV_TABLE(name, "columns"). */
#define SUITE_CSV_TABLES(CSV_TABLE)                                                                \
    CSV_TABLE(recordings, "recording,file,program,command,pid,parent_pid,start_ns,complete,lost,"  \
                          "threads,locks,requests")                                                \
    CSV_TABLE(locks, "lock,label,name,kind,origin,single,ordered")                                 \
    CSV_TABLE(dependencies, "dependency,recording,held,requested,held_read,requested_read,"        \
                            "blocking,start_up,hold_place,request_place")                          \
    CSV_TABLE(findings, "fingerprint,recording,kind,rule,confidence,split,title")

enum suite_csv_table {
#define CSV_TABLE(name, columns) SUITE_CSV_##name,
    SUITE_CSV_TABLES(CSV_TABLE)
#undef CSV_TABLE
        SUITE_CSV_COUNT
};

const char *suite_csv_name(enum suite_csv_table table);

/* What is written: a finished suite, and a report whose one process suite_cycles_find made of it.
 */
struct suite_csv {
    const struct suite *suite;
    const struct report *report;
};

/* Errors are left for the caller to find on `out`. */
void suite_csv_write(FILE *out, const struct suite_csv *csv, enum suite_csv_table table);

#endif
