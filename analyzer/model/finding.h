/* What the analyses say: findings and candidates set aside. Typed data only, no text: reports
 * turn ids into names. Lives in the arena of the analysis. */
#ifndef UNKNOT_MODEL_FINDING_H
#define UNKNOT_MODEL_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include "analyzer/model/execution.h"

/* Kinds, confidence words and dismissal reasons live once, in analyzer/model/finding.def:
 * FINDING_KIND(NAME, "json-name", "one line"), CONFIDENCE(NAME, "word", "what it claims"),
 * DISMISSAL(NAME, "json-name", "one line for a person"), FINDING_RULE(NAME, "json-name",
 * "what is waited for", "what would end the wait"), NO_WITNESS and TRACE_GAP; what helps tells
 * analyzer/report/rule_help.def. */
enum finding_kind {
#define FINDING_KIND(NAME, word, text) FINDING_##NAME,
#include "analyzer/model/finding.def"
#undef FINDING_KIND
};

enum confidence {
#define CONFIDENCE(NAME, word, text) CONFIDENCE_##NAME,
#include "analyzer/model/finding.def"
#undef CONFIDENCE
};

enum dismissal {
#define DISMISSAL(NAME, word, text) DISMISSAL_##NAME,
#include "analyzer/model/finding.def"
#undef DISMISSAL
    DISMISSAL_COUNT
};

/* What sort of its kind a finding is, where there are several. */
enum finding_rule {
#define FINDING_RULE(NAME, word, object, wakes) FINDING_RULE_##NAME,
#include "analyzer/model/finding.def"
#undef FINDING_RULE
};

const char *finding_rule_word(enum finding_rule rule);
const char *finding_rule_object(enum finding_rule rule);
const char *finding_rule_wakes(enum finding_rule rule);
enum no_witness {
#define NO_WITNESS(NAME, word, line, text) NO_WITNESS_##NAME,
#include "analyzer/model/finding.def"
#undef NO_WITNESS
};

enum trace_gap {
#define TRACE_GAP(NAME, line) TRACE_GAP_##NAME,
#include "analyzer/model/finding.def"
#undef TRACE_GAP
};

const char *finding_kind_word(enum finding_kind kind);
const char *confidence_word(enum confidence confidence);
const char *dismissal_word(enum dismissal reason);
const char *dismissal_text(enum dismissal reason);
const char *no_witness_word(enum no_witness reason);
const char *no_witness_line(enum no_witness reason);
const char *no_witness_text(enum no_witness reason);
const char *trace_gap_line(enum trace_gap gap);

/* The words of trace/misuse.def; "" for a number that is none of them. */
const char *misuse_rule_word(uint32_t rule);
const char *misuse_rule_text(uint32_t rule);
const char *misuse_object_text(uint32_t object);
const char *misuse_role_text(uint32_t role);

/* One thread's part in a cycle: it requests locks[i] of the cycle while it holds the lock the
 * step before it requests... `dependency` is the witness; hold_index is the entry of its held
 * list that is the lock the previous step (cyclically) requests. */
struct cycle_step {
    const struct dependency *dependency;
    size_t hold_index;
    size_t similar; /* how many more recorded dependencies take the same part (same locks, modes) */
};

/* One thing that a thread does in a schedule. */
struct witness_event {
    uint32_t thread, lock, stack; /* ids; lock 0: of no lock that the execution knows */
    uint32_t other;               /* the thread that it is done to, or whose end; 0: none */
    uint8_t kind, mode;           /* as in analyzer/schedule/sync_trace.h */
};

/* A schedule of the recorded synchronization that ends in the deadlock. */
struct finding_witness {
    /* Those that matter, in the order they happen: what the threads of the cycle hold in the end,
     * and what had to come before; last their requests. */
    const struct witness_event *events;
    size_t event_count;
    size_t length;    /* events of the whole schedule */
    bool is_reversed; /* it takes locks in another order than the run did */
    bool keeps_data;  /* also if all that was done under a lock goes on from what was left there */
    const void *origin; /* for who made it */
};

/* What in every schedule comes before what: a thread's last word, another's first after it. */
struct finding_order {
    size_t step_before, step_after;
    struct witness_event before, after;
};

struct fix_set;

/* Why no schedule is shown of a cycle that is possible. */
struct finding_doubt {
    enum no_witness reason;
    enum trace_gap gap;                /* NO_WITNESS_ORDERED_SO_FAR: what is missing */
    const struct finding_order *order; /* the same: what would order it */
    const struct witness_event *event; /* SKIPS_SIGNAL, UNCLEAR_TRY: what makes it no proof */
};

/* How locks of one class were seen inside each other: ways to do so. */
struct finding_nesting {
    size_t count, upward; /* upward: the one with the lower address is taken first */
    size_t declared;      /* in an order that the program declared */
};

/* Whether they all keep to an order that the next ones can keep, too. One alone shows none. */
static inline bool finding_nesting_is_ordered(const struct finding_nesting *nesting)
{
    bool by_address =
        nesting->count > 1 && (nesting->upward == 0 || nesting->upward == nesting->count);

    return by_address || (nesting->count > 0 && nesting->declared == nesting->count);
}

/* What is left of a finding when its recording was merged with others. */
struct finding_told {
    const char *rule, *title, *story, *fingerprint;
    const char *file;     /* the recording that the story is of */
    size_t recordings;    /* that have it, */
    const uint32_t *rows; /* and which, as the merged file numbers them from 0 */
};

/* An order of locks that somebody wrote down, and one step broke: labels, and in which file. */
struct finding_order_broken {
    const char *before, *after, *file;
};

struct finding {
    size_t id; /* from 1; in a report it counts all findings of all processes */
    enum finding_kind kind;
    enum finding_rule rule;
    enum confidence confidence;
    const struct execution *execution;
    size_t step_count; /* step i's thread waits for what step i+1 (cyclically) holds */
    const struct cycle_step *steps;
    const struct trace_misuse *misuse; /* of a MISUSE or HAZARD, which have no steps; else NULL */
    /* Cycles of locks it stands for: 1 from the analysis; a report joins those that differ in
     * nothing but the instances of the same classes. Of a misuse: how often it happened there. */
    size_t instances;
    /* DEADLOCK, SELF_DEADLOCK: the record, and the threads that wait for those of the steps,
     * directly or not (live->stuck_count of them; they hold nothing of the set). Else NULL. */
    const struct trace_deadlock *live;
    const struct cycle_step *stuck;
    const struct finding_witness *witness; /* CONFIDENCE_PREDICTED, else NULL */
    /* BLOCKED_WAIT: by step, what its thread would do after its request that could end the wait of
     * the step before; thread 0: nothing. Its holds may be of lock 0. Else NULL. */
    const struct witness_event *wakes;
    struct finding_doubt doubt;     /* of a LOCK_ORDER_CYCLE without one */
    struct finding_nesting nesting; /* of a class nested in itself */
    const struct fix_set *fixes;    /* fix/fix.h; NULL: nobody looked for any */
    const struct finding_order_broken
        *broken;                     /* ORDER_VIOLATION: then there is one step; else NULL */
    const struct finding_told *told; /* of a merged file: then there are no steps; else NULL */
};

/* One kind of cycle set aside: locks of these classes in this order, for this reason. The steps
 * are those of the first such cycle. */
struct dismissed {
    enum dismissal reason;
    const struct execution *execution;
    size_t step_count;
    const struct cycle_step *steps;
    size_t instances;      /* cycles of locks of this kind */
    uint32_t gate_lock;    /* DISMISSAL_GATE_LOCK: the lock held in common */
    size_t step_a, step_b; /* the two steps the reason is about (gate, ordered, single thread) */
    /* DISMISSAL_ORDERED: the first event of the path that orders step_a before step_b; a create,
     * fork or join in execution->segments, or NULL */
    const struct segment_start *ordered_by;
    const struct finding_order *order; /* the same, if more is known than creates and joins */
};

/* A finding that the user asked not to be told of. */
struct hidden_finding {
    struct finding finding;
    const char *suppression; /* which one matched; NULL: the baseline has it */
};

struct analysis {
    struct finding *findings;
    size_t finding_count;
    struct hidden_finding *hidden; /* no longer among the findings */
    size_t hidden_count;
    struct dismissed *dismissed;
    size_t dismissed_count;
    /* Cycles between classes that no set of instances closes: the lock step i requests is of the
     * class, not the instance, that step i+1 holds; one step alone: a class nested in itself. NULL
     * unless asked for; always counted. */
    struct finding *class_only;
    size_t class_only_count;
    size_t class_only_ordered;  /* of them: nested in an order, finding_nesting_is_ordered */
    const uint32_t *lock_class; /* by position in execution->locks: equal if born at one place */
    size_t dependencies;        /* distinct dependencies analysed */
    size_t misuses_unclear;     /* errors that the program may or may not have looked at */
    size_t excluded_locks;      /* locks unlocked by another thread, not used as locks */
    size_t fixes_left_out;      /* findings whose fixes were not looked for: too much work */
    uint64_t search_steps;      /* that the enumerations took */
    /* 0, or the number of search steps after which the enumeration of findings, of dismissed and of
     * class-only cycles stopped early. */
    uint64_t bound_hit, dismissed_bound_hit, class_only_bound_hit;
    /* The same for the search for schedules: findings called possible might be predicted. */
    uint64_t witness_bound_hit;
};

#endif
