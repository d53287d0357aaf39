/* What many recordings say of the order of locks, by class: the tables that a merged file holds
 * (docs/merging.md).
 *
 * A row is its key, and what is merged by union, minimum or bitwise or; so adding recordings and
 * merged files is associative, commutative and idempotent. Finished, all tables are sorted by
 * content: equal suites are equal byte for byte in a file, however they came about.
 *
 * Not thread-safe. Lives in its arena. Cost: a hash look-up for each row added, sorting at the
 * end. */
#ifndef UNKNOT_SUITE_SUITE_H
#define UNKNOT_SUITE_SUITE_H

#include <stdbool.h>
#include "analyzer/base/array.h"
#include "analyzer/base/id_table.h"

enum suite_table_id {
#define SUITE_TABLE(ID, word, columns, repeated, texts, bits, sets) SUITE_##ID,
#include "analyzer/suite/suite_tables.def"
#undef SUITE_TABLE
    SUITE_TABLE_COUNT
};

enum { SUITE_TEXTS_MAX = 3 };

/* Words of keys: s the position of a text, n the number itself, else 1 + the position of a row, or
 * 0 for none. */
struct suite_row {
    const uint64_t *words;
    uint32_t count;
    uint32_t bits;
    const char *texts[SUITE_TEXTS_MAX]; /* "" when there is none */
    ARRAY(uint32_t) recordings;         /* positions; ascending once finished */
};

/* The fixed words of each table, in order. */
enum suite_module_word { SUITE_MODULE_IDENTITY };
enum suite_stack_word { SUITE_STACK_TRUNCATED, SUITE_STACK_FRAMES };
enum suite_class_word { SUITE_CLASS_KIND, SUITE_CLASS_BIRTH, SUITE_CLASS_FRAMES };
enum suite_recording_word {
    SUITE_RECORDING_FILE, /* without its folder */
    SUITE_RECORDING_PROGRAM,
    SUITE_RECORDING_COMMAND,
    SUITE_RECORDING_PID,
    SUITE_RECORDING_PARENT,   /* the pid of its parent */
    SUITE_RECORDING_START_NS, /* real time */
    SUITE_RECORDING_COMPLETE, /* 1, or 0 when something in it was lost */
    SUITE_RECORDING_LOST,     /* how much, the sum of its counters */
    SUITE_RECORDING_THREADS,
    SUITE_RECORDING_LOCKS,
    SUITE_RECORDING_REQUESTS,
    SUITE_RECORDING_SHARED, /* locks of it that other processes can use */
};
enum suite_dependency_word {
    SUITE_DEPENDENCY_FLAGS,
    SUITE_DEPENDENCY_CLASS,
    SUITE_DEPENDENCY_MODE,
    SUITE_DEPENDENCY_STACK,
    SUITE_DEPENDENCY_HELD /* class, mode and stack of each */
};
/* A finding in the words of a recording's report. Its story begins with a line that names the
 * recording. */
enum suite_told_word {
    SUITE_TOLD_KIND,
    SUITE_TOLD_RULE,
    SUITE_TOLD_CONFIDENCE,
    SUITE_TOLD_FINGERPRINT,
    SUITE_TOLD_RING, /* of a cycle: suite_ring of its classes; else "" */
};

/* Of a dependency: done before the process had a second thread or a child, which it had later. */
#define SUITE_START_UP 1u

/* suite_row.bits of a class. */
#define SUITE_CLASS_MANY    1u /* not known to be one lock in each process */
#define SUITE_CLASS_NO_LOCK 2u /* in some recording not used as a lock: it orders nothing */
#define SUITE_CLASS_QUEUES  4u /* a rwlock whose readers queue behind a waiting writer */

struct suite_table {
    struct id_table ids;
    ARRAY(struct suite_row) rows;
};

struct suite {
    struct arena *arena;
    struct suite_table tables[SUITE_TABLE_COUNT];
    struct id_table text_ids;
    ARRAY(const char *) texts;
    ARRAY(const char *)
    rings; /* of cycles that one recording shows, beside those of SUITE_TOLD;
              in no file */
};

void suite_init(struct suite *suite, struct arena *arena);

/* The word of a text in a key. */
uint64_t suite_text_word(struct suite *suite, const char *text);
const char *suite_text(const struct suite *suite, uint64_t word);

/* The position of the row with this key, which is added if it is new. */
uint32_t suite_add(struct suite *suite, enum suite_table_id table, const uint64_t *words,
                   uint32_t count);

/* Merges into a row; a text "" says nothing. */
void suite_merge_text(struct suite *suite, enum suite_table_id table, uint32_t row, size_t which,
                      const char *text);
void suite_merge_bits(struct suite *suite, enum suite_table_id table, uint32_t row, uint32_t bits);
void suite_merge_recording(struct suite *suite, enum suite_table_id table, uint32_t row,
                           uint32_t recording);

/* Sorts everything by content. Nothing may be added afterwards. */
void suite_finish(struct suite *suite);

static inline const struct suite_row *suite_row(const struct suite *suite,
                                                enum suite_table_id table, size_t row)
{
    return &suite->tables[table].rows.items[row];
}

static inline size_t suite_count(const struct suite *suite, enum suite_table_id table)
{
    return suite->tables[table].rows.count;
}

/* One text for these classes (rows), whatever their order and the suite: 16 hex digits. */
const char *suite_ring(const struct suite *suite, struct arena *arena, const uint32_t *classes,
                       size_t count);

/* How a table is laid out. */
struct suite_layout {
    const char *word, *columns, *repeated;
    size_t texts;
    bool has_bits, has_set;
};
const struct suite_layout *suite_layout(enum suite_table_id table);

/* The column that word `index` of a row is of. */
char suite_column(const struct suite_layout *layout, size_t index);

#endif
