/* Statements that acquire a lock, as the source has them: a call, a member function, or a guard of
 * the C++ library. What is not one statement on a line of its own is none.
 *
 * Any thread; allocates from the arena. */
#ifndef UNKNOT_REPORT_LOCK_STATEMENT_H
#define UNKNOT_REPORT_LOCK_STATEMENT_H

#include "analyzer/report/source_text.h"

enum lock_statement_form {
    LOCK_STATEMENT_NONE,
    LOCK_STATEMENT_CALL,   /* pthread_mutex_lock(&lock); maybe inside of another call */
    LOCK_STATEMENT_METHOD, /* lock.lock(); */
    LOCK_STATEMENT_GUARD,  /* std::lock_guard<std::mutex> guard(lock); */
};

struct lock_calls {
    const char *lock, *try_lock, *failed, *unlock;
};

struct lock_statement {
    enum lock_statement_form form;
    const struct source_text *text;
    uint32_t line;
    const char *code, *words;       /* of the line: with literals blanked, and as it is */
    const struct lock_calls *calls; /* of a CALL */
    const char *lock;               /* "&lock_A"; of a METHOD with what follows it: "lock_A." */
    const char *guard, *guard_type; /* of a GUARD: its name, and "lock_guard" */
    bool is_plain;                  /* the statement is that and nothing else */
    bool is_simple;                 /* the line is one statement, carried out as a whole */
};

/* What the line is; its form is NONE unless it acquires one lock. */
struct lock_statement lock_statement_parse(struct arena *arena, const struct source_text *text,
                                           uint32_t line);

/* The statements that give its lock back and take it again, without indentation; NULL for what a
 * guard does that cannot. */
const char *lock_statement_release(struct arena *arena, const struct lock_statement *statement);
const char *lock_statement_acquire(struct arena *arena, const struct lock_statement *statement);
/* An expression that tries, and is true if that failed; NULL for a guard. */
const char *lock_statement_try_failed(struct arena *arena, const struct lock_statement *statement);

/* The line that gives the lock back: the only one in the same block, on every way through it, or of
 * a guard the one that ends the block; 0 if there is no such line. */
uint32_t lock_statement_release_line(struct arena *arena, const struct lock_statement *statement);

/* Whether the statement could as well come before the line `first`, which lies before it in the
 * same block: nothing in between leaves it or has a name that the statement uses. */
bool lock_statement_can_move(const struct lock_statement *statement, uint32_t first);

/* Whether what names the lock can be said twice: it calls nothing. */
bool lock_statement_can_repeat(const struct lock_statement *statement);

/* Whether the line is one statement, and nothing but a call of that function; *arguments is what it
 * has in brackets. */
bool lock_statement_is_call(struct arena *arena, const struct source_text *text, uint32_t line,
                            const char *function, const char **arguments);

/* The text without blanks. */
const char *lock_statement_squeezed(struct arena *arena, const char *code);

#endif
