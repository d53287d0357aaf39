/* Where the source has what a fix changes: places where locks are acquired, and the locks
 * themselves. Private to fix_advice*.c: one advice on its way.
 *
 * Not thread-safe; allocates from the report's arena. */
#ifndef UNKNOT_REPORT_FIX_SITE_H
#define UNKNOT_REPORT_FIX_SITE_H

#include "analyzer/report/edit_list.h"
#include "analyzer/report/lock_declaration.h"
#include "analyzer/report/lock_statement.h"

/* Where a lock is acquired. */
struct fix_place {
    const char *function; /* "f1"; never NULL */
    const char *file;     /* NULL: no line is known, and nothing of what follows */
    uint32_t line;
    const char *shown;               /* "bank.c:12" */
    const struct source_text *text;  /* NULL: it cannot be read */
    struct lock_statement statement; /* of that line */
};

/* A nesting that is to change. */
struct fix_site {
    const struct fix_nesting *nesting;
    struct fix_place outer, inner;
    const char *outer_name, *inner_name; /* of the locks */
    struct fix_place
        taker; /* where the inner lock is taken in the end: there, or in what is called */
    const char *taker_words; /* the same in words, if it is another; else NULL */
    bool is_outer_direct;    /* the statement at the outer place acquires that lock itself, */
    bool is_direct;          /* and so does the one at the inner place; */
    bool by_wrapper;         /* or both call one function of the program for it */
    bool is_one_block;       /* both are statements, and whoever passes one passes the other */
    bool can_move;           /* the inner lock could as well be taken first */
    /* The inner lock is taken and given back in the section of the outer one, which ends in this
     * line, in the same function; 0: nothing is known of that. */
    uint32_t section_end;
};

/* A class of locks. */
struct fix_lock {
    const struct lock *lock; /* the first of it; NULL: none is known */
    const char *name;
    /* NULL unless it is one static variable whose definition can be read and is understood. */
    const struct source_text *text;
    uint32_t line;
    const char *variable;
    const char *function; /* NULL: of none */
    bool is_external, is_cxx;
    struct lock_declaration declaration;
    const char *defined; /* "bank.c:7": where the variable is defined, or the lock initialised */
    /* Where it is initialised: nothing if it is not, at run time. */
    struct fix_place made;
};

/* An advice being made. */
struct fix_work {
    const struct report *report;
    const struct finding *finding;
    const struct fix_change *change;
    struct edit_list edits;
    bool is_complete;       /* so far */
    struct fix_site *sites; /* by nesting of the change; of SINGLE_LOCK, all that there are */
    size_t site_count;
    struct fix_lock *locks; /* by class of the change */
};

void fix_work_init(struct fix_work *work, const struct report *report,
                   const struct finding *finding, const struct fix *fix);

/* "lock_A and lock_B": the classes of the change. */
const char *fix_work_lock_names(const struct fix_work *work);

/* Each kind's: fill the edits and give the words. */
const char *fix_advise_lock(struct fix_work *work);    /* RECURSIVE_LOCK, SINGLE_LOCK */
const char *fix_advise_order(struct fix_work *work);   /* REORDER, PRE_ACQUIRE */
const char *fix_advise_gate(struct fix_work *work);    /* GATE_LOCK */
const char *fix_advise_retry(struct fix_work *work);   /* TRY_BACKOFF */
const char *fix_advise_release(struct fix_work *work); /* RELEASE_FIRST */

/* "f1 (bank.c:12)": where the outer lock is taken. */
const char *fix_site_function(const struct fix_work *work, const struct fix_site *site);

#endif
