/* A place in a program as it stays when the program is built anew: the innermost functions of a
 * stack, each with the rank of its call among the calls that it makes of the function below.
 *
 * Ranks count the lines that such calls are on; without line numbers, the calls by address. They
 * come from the machine code and are left out where it cannot be read. Not thread-safe. Each call
 * and each stack is looked at once; the first look at a call decodes its function. */
#ifndef UNKNOT_REPORT_CALL_CHAIN_H
#define UNKNOT_REPORT_CALL_CHAIN_H

#include "analyzer/misuse/caller_code.h"
#include "analyzer/report/symbol.h"

/* As many as tell places apart in a report (collapse.c). */
#define CALL_CHAIN_FRAMES 3

struct call_chains;

struct call_chain {
    const char *text;  /* "take#2 < transfer#1 < run#1"; "" for an unknown stack */
    const char *lines; /* the same with lines: they tell apart what the text does not */
};

struct call_chains *call_chains_create(struct arena *arena, struct symbolizer *symbolizer,
                                       struct caller_code *code);

struct call_chain call_chain_of(struct call_chains *chains, const struct execution *execution,
                                uint32_t stack);

#endif
