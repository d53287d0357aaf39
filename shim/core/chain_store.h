/* The chains of held locks as a tree, and the locks at their ends: the data behind chain_table.h,
 * shared by its parts (chain_table.c makes chains, chain_end.c ends them).
 *
 * Everything here is under chain_store_lock. A chain is addressed by its index in the pool; index
 * and pointer stay good until it is removed. Every lookup costs one bucket; memory: 56 bytes a
 * chain, 48 a lock that ends one, 16 a note, and 4 for each in its table's buckets. */
#ifndef UNKNOT_SHIM_CHAIN_STORE_H
#define UNKNOT_SHIM_CHAIN_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "shim/platform/inner_lock.h"
#include "trace/format.h"

struct chain {
    uint32_t id; /* never 0; first: the pool's link while free */
    uint32_t parent;
    uint32_t lock; /* 0: the chain is free */
    uint32_t site_mode;
    uint32_t first_child;                /* chains longer by one lock... */
    uint32_t next_sibling, last_sibling; /* ...and their list */
    uint32_t next_of_lock, last_of_lock; /* the list of chains that end in the same lock */
    uint32_t next_by_key, next_by_id;
    uint32_t notes;    /* its dependencies in the recording */
    uint32_t relevant; /* held locks that some dependency may yet lead back to */
    bool ended;        /* a lock in it has ended */
};

/* A dependency record that says what a chain says, by one thread in one segment. */
struct chain_note {
    uint32_t next;
    uint32_t epoch; /* the recording it is in */
    struct trace_dependency *record;
};

/* A lock some chain ends in. */
struct chain_lock {
    uint32_t lock;
    uint32_t first;        /* chain that ends in it, the newest */
    uint32_t next_by_lock; /* in its bucket */
    uint32_t epoch;        /* of `record` */
    uint32_t in, out;      /* noted chains that end in it, below a relevant one; that hold it */
    uint32_t next_due;     /* list of those to look at again */
    uint32_t twin;         /* what stands for its like, see chain_end.c */
    struct trace_lock *record;
    bool ended, is_due;
    bool rooted;  /* ended, and no dependency leads to it: relevant no more where it is held */
    bool kept;    /* a record that stays for good names it */
    bool lasting; /* edges lead to it or from it that are not known here: all of its own stay */
};

extern struct inner_lock chain_store_lock;

struct chain *chain_at(uint32_t index);
uint32_t chain_last(void); /* the highest index so far */
struct chain_note *chain_note_at(uint32_t index);
struct chain_lock *chain_lock_at(uint32_t index);

/* 0 if there is none. */
uint32_t chain_find(uint32_t parent, uint32_t lock, uint32_t site_mode);
uint32_t chain_find_id(uint32_t id);
uint32_t chain_lock_find(uint32_t lock);

/* A chain that is not there yet; 0 without memory. */
uint32_t chain_add(uint32_t parent, uint32_t lock, uint32_t site_mode);

/* Takes out a chain without children and notes. The lock itself stays. */
void chain_remove(uint32_t index);
void chain_lock_remove(uint32_t index);

/* False without memory. */
bool chain_note_add(uint32_t chain, struct trace_dependency *record, uint32_t epoch);
void chain_note_remove_first(uint32_t chain);

/* The next chain of the tree below `root`, parents before children; 0 after the last. */
uint32_t chain_next_below(uint32_t root, uint32_t index);

#endif
