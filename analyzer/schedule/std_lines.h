/* What lines in the std format (std_trace.h) say: the events that they make, handed over one by
 * one. For std_trace.c only. Lines can be read from the start again: what has a name keeps its
 * number. Not thread-safe. */
#ifndef UNKNOT_SCHEDULE_STD_LINES_H
#define UNKNOT_SCHEDULE_STD_LINES_H

#include "analyzer/schedule/held_stack.h"
#include "analyzer/schedule/name_table.h"
#include "analyzer/schedule/sync_source.h"

struct thread_state {
    struct held_stack held; /* tags: how often it was taken again */
    uint32_t end;           /* the object that is its end, or SYNC_UNKNOWN */
    uint32_t asked;         /* the lock whose request was its last event, or SYNC_UNKNOWN */
    bool has_begun, is_forked, has_ended;
};

/* Objects of one sort have names of their own. */
struct object_names {
    struct name_table names;
    ARRAY(uint32_t) objects; /* by number of the name */
};

struct std_lines {
    struct arena *arena;
    struct sync_trace trace; /* threads and objects so far */
    size_t line;             /* the one at hand */
    const char *error;       /* what is wrong with it, or NULL */
    sync_take *take;
    void *taker;
    size_t event_count;
    struct name_table thread_names, site_names;
    struct object_names locks, variables;
    ARRAY(struct thread_state) threads;
    ARRAY(uint32_t) holders; /* by object: the thread that has the lock, or none */
    ARRAY(struct sync_object) objects;
    ARRAY(const char *) object_names;
};

/* Before each reading. */
void std_lines_begin(struct std_lines *lines, sync_take *take, void *taker);

/* Takes whole lines, up to one that is wrong; returns how many bytes they have. */
size_t std_lines_take(struct std_lines *lines, const char *start, size_t length);

/* The line at hand is wrong. */
void std_lines_fail(struct std_lines *lines, const char *error);

#endif
