/* The layout of a recording (docs/recording.md), shared by the shim that writes it and the
 * analyzer that reads it. Plain fixed-size little-endian structs; no pointers, no allocation.
 *
 * A recording is a header page, then chunks back to back. A RECORDS chunk is a run of records,
 * each published by storing its kind last, so a torn tail reads as kind 0. A LIVE chunk holds one
 * trace_live block: the locks a thread holds and waits for, overwritten in place while it runs.
 *
 * Ids (thread, lock, stack, module) are 1-based and dense per kind unless said otherwise; 0 means
 * none or unknown. A record may refer to an id only after the record that defines it. */
#ifndef UNKNOT_TRACE_FORMAT_H
#define UNKNOT_TRACE_FORMAT_H

#include <stdint.h>

#define TRACE_MAGIC       "unknot\x1a\n"
#define TRACE_BYTE_ORDER  0x01020304u
#define TRACE_VERSION     1u          /* the version this code writes */
#define TRACE_MIN_READER  1u          /* the oldest reader that may read what this code writes */
#define TRACE_CHUNK_MAGIC 0x4b4e4843u /* "CHNK" */
#define TRACE_PAGE        4096u
#define TRACE_EXTENSION   ".rec"

enum trace_lost {
#define X(name, text) TRACE_LOST_##name,
#include "trace/lost.def"
#undef X
    TRACE_LOST_COUNT
};

enum trace_state {
    TRACE_RUNNING = 1, /* still running, or killed: the end was never written */
    TRACE_EXITED = 2,  /* exit() or _exit(): trace_header.exit_status is valid */
    TRACE_EXECED = 3,  /* replaced by exec */
};

/* The first page. Counters are updated in place by any thread (relaxed atomics). */
struct trace_header {
    char magic[8];
    uint32_t byte_order;
    uint32_t version;
    uint32_t min_reader;
    uint32_t header_bytes; /* where the first chunk starts: TRACE_PAGE */
    uint64_t features;     /* bit set of optional contents; none defined yet */
    uint32_t pid;
    uint32_t exec_count; /* how many recordings this pid had made before */
    uint64_t start_realtime_ns;
    uint64_t start_monotonic_ns;
    uint32_t state; /* enum trace_state */
    int32_t exit_status;
    uint64_t file_bytes; /* header and chunks handed out so far */
    uint64_t lost[16];   /* by enum trace_lost; the rest is zero */
    uint64_t threads_seen;
    uint64_t locks_seen;
    uint64_t dependencies_seen;
    uint64_t locks_by_other_thread; /* unlocks by a thread that did not hold the lock */
    uint64_t dependencies_folded;   /* seen, and taken back when their locks had ended */
    uint64_t pid_namespace;         /* the inode of /proc/self/ns/pid, 0 if unknown */
    uint64_t end_monotonic_ns;      /* when `state` was written; 0: still running, or killed */
};

/* 2 was a live block without its wait's number and kind. */
enum trace_chunk_kind { TRACE_CHUNK_RECORDS = 1, TRACE_CHUNK_EVENTS = 3, TRACE_CHUNK_LIVE = 4 };

/* trace_chunk.state of an EVENTS chunk. */
enum {
    TRACE_EVENTS_VOID = 1,   /* they lie in a block; this chunk is about to be used again */
    TRACE_EVENTS_PACKED = 2, /* what lies here is such blocks (trace_packed) */
};

/* Starts every chunk; `bytes` counts this header and is a multiple of TRACE_PAGE. */
struct trace_chunk {
    uint32_t magic;
    uint32_t kind;
    uint64_t bytes;
    uint32_t thread; /* LIVE: the owner */
    uint32_t state;  /* EVENTS: 0 or TRACE_EVENTS_* */
    uint32_t reserved[2];
};

enum trace_record_kind {
#define X(number, NAME, struct_name, text) TRACE_##NAME = (number),
#include "trace/record_kinds.def"
#undef X
};

/* Starts every record; `bytes` counts this header and is a multiple of 8. */
struct trace_record {
    uint16_t kind; /* stored last, with release order */
    uint16_t reserved;
    uint32_t bytes;
};

/* A code address: the module in the top 16 bits, the offset from the module's load bias (an
 * address as the file's symbol table has it) in the low 48; module 0: an absolute address. In a
 * stack these are return addresses: look up offset - 1 (except after a signal frame). */
typedef uint64_t trace_code_t;
#define TRACE_CODE(module, offset) ((uint64_t)(module) << 48 | ((uint64_t)(offset)&0xffffffffffffu))
#define TRACE_CODE_MODULE(code)    ((uint32_t)((code) >> 48))
#define TRACE_CODE_OFFSET(code)    ((code)&0xffffffffffffu)

/* Strings: NUL-terminated, one after the other: executable, start directory, arguments... */
struct trace_process {
    struct trace_record record;
    uint32_t pid, parent_pid;
    uint32_t argument_count;
    uint32_t string_bytes;
    char strings[];
};

struct trace_module {
    struct trace_record record;
    uint32_t id;
    uint32_t build_id_bytes; /* at most 32 */
    uint64_t start, end;     /* the addresses it covers */
    uint64_t bias;           /* address in memory minus address in the file */
    uint8_t build_id[32];
    uint32_t path_bytes; /* with the NUL */
    char path[];
};

struct trace_stack {
    struct trace_record record;
    uint32_t id;
    uint16_t frame_count;
    uint16_t flags;
    trace_code_t frames[];
};
#define TRACE_STACK_TRUNCATED 1u /* there were more frames */

struct trace_thread {
    struct trace_record record;
    uint32_t id;
    uint32_t kernel_tid;
    uint32_t parent;         /* thread id; 0: the first thread, or not started through a hook */
    uint32_t parent_segment; /* the parent's segment that happens before this thread */
    uint32_t created_stack;
    uint32_t reserved;
    trace_code_t start_routine;
};

struct trace_thread_name {
    struct trace_record record;
    uint32_t thread;
    uint32_t reserved;
    char name[16];
};

enum trace_segment_cause {
    TRACE_SEGMENT_CREATE = 1, /* the thread created `other`: the segment before happens before it */
    TRACE_SEGMENT_JOIN = 2,   /* all of `other` happens before this segment */
    TRACE_SEGMENT_FORK = 3,   /* it forked process `other`: the segment before happens before it */
    TRACE_SEGMENT_EXIT = 4,   /* the thread's function returned; key destructors may follow */
};

/* `thread` enters `segment` (counted from 0 in each thread). */
struct trace_segment {
    struct trace_record record;
    uint32_t thread, segment;
    uint32_t cause;
    uint32_t other; /* a thread id; for FORK the child's pid */
};

/* A number a reader does not find here is of a newer writer: it leaves the lock out. */
enum trace_lock_kind {
#define X(number, NAME, text) TRACE_LOCK_##NAME = (number),
#include "trace/lock_kinds.def"
#undef X
};

/* trace_lock.flags */
#define TRACE_LOCK_RECURSIVE     1u
#define TRACE_LOCK_ERRORCHECK    2u
#define TRACE_LOCK_ADAPTIVE      4u
#define TRACE_LOCK_ROBUST        8u
#define TRACE_LOCK_PRIORITY      16u  /* priority inheritance or protection */
#define TRACE_LOCK_SHARED        32u  /* process-shared */
#define TRACE_LOCK_WRITER_QUEUES 64u  /* rwlock: readers queue behind a waiting writer */
#define TRACE_LOCK_ON_STACK      128u /* lies on the stack of thread `stack_owner` */

/* One instance: an address from its creation (or first use) to its end. */
struct trace_lock {
    struct trace_record record;
    uint32_t id; /* unique, not dense */
    uint16_t kind;
    uint16_t flags;
    uint64_t address;
    trace_code_t location; /* module and offset of a static lock, else 0 */
    uint32_t init_stack;   /* where it was initialised, 0 if never seen */
    uint32_t first_stack;  /* where it was first acquired or requested */
    uint32_t init_thread, first_thread;
    uint32_t stack_owner;
    uint32_t reserved;
};

/* trace_lock_mapping.flags */
#define TRACE_MAPPING_INITIALISED 1u /* this process initialised the lock, at `time_ns` */

/* What `lock` is for other processes, and at other addresses of this one: a place in a file or
 * shared memory object. Two instances of one place are one lock unless it was initialised between
 * them. Device and inode are as in /proc/self/maps; memory without a name has an inode too. */
struct trace_lock_mapping {
    struct trace_record record;
    uint32_t lock;
    uint32_t flags;
    uint64_t device; /* major << 32 | minor */
    uint64_t inode;
    uint64_t offset;
    uint64_t time_ns; /* CLOCK_MONOTONIC_COARSE: from then on, or earlier if not initialised here */
};

/* trace_lock_mark.marks */
#define TRACE_MARK_OTHER_THREAD 1u /* unlocked by a thread that did not hold it: not a lock */
#define TRACE_MARK_SIGNAL       2u /* semaphore: used to signal, not as a lock */
#define TRACE_MARK_PROVED       4u /* semaphore: released by its owner and acquired again */

struct trace_lock_mark {
    struct trace_record record;
    uint32_t lock;
    uint32_t marks;
    uint32_t thread, stack; /* who did it, and where */
};

/* The name the program gave a lock (unknot.h); the last one counts. */
struct trace_lock_name {
    struct trace_record record;
    uint32_t lock;
    uint32_t text_bytes; /* with the NUL */
    char text[];
};

/* The program declared that `before` is acquired before `after` whenever a thread holds both. */
struct trace_lock_order {
    struct trace_record record;
    uint32_t before, after; /* lock ids */
    uint32_t thread, stack; /* who declared it, and where */
};

/* How a lock is requested or held. */
#define TRACE_MODE_READ  1u /* else write (exclusive) */
#define TRACE_MODE_TRY   2u /* a try form: never blocks */
#define TRACE_MODE_TIMED 4u /* a timed or clock form: blocks, but not for ever */
#define TRACE_MODE_WAIT  8u /* re-acquired inside a condition wait */

struct trace_dependency_held {
    uint32_t lock;
    uint32_t stack; /* where it was acquired */
    uint32_t mode;
    uint32_t count; /* recursion depth at the time */
};

/* Thread `thread`, in `segment`, requests `lock` while it holds `held` (in order of acquisition).
 * Written before the thread can block, for a try form after it succeeded; once for each distinct
 * chain of locks, modes and call sites in a thread's segment. A write request of a WRITER_QUEUES
 * rwlock is recorded with nothing held too: it can make readers wait for readers. */
struct trace_dependency {
    struct trace_record record;
    uint32_t thread, segment;
    uint32_t lock;
    uint32_t mode;
    uint32_t stack; /* where it is requested */
    uint32_t held_count;
    uint64_t time_ns; /* CLOCK_MONOTONIC_COARSE */
    struct trace_dependency_held held[];
};

enum misuse_rule {
    MISUSE_NONE = 0,
#define MISUSE_RULE(number, NAME, word, on, text) MISUSE_##NAME = (number),
#include "trace/misuse.def"
#undef MISUSE_RULE
    MISUSE_RULES_END
};

enum misuse_object {
#define MISUSE_OBJECT(number, NAME, text) MISUSE_OF_##NAME = (number),
#include "trace/misuse.def"
#undef MISUSE_OBJECT
};

enum misuse_role {
#define MISUSE_ROLE(number, NAME, text) MISUSE_PLACE_##NAME = (number),
#include "trace/misuse.def"
#undef MISUSE_ROLE
};

/* A place that a misuse is about: who was there, and where. */
struct trace_misuse_place {
    uint32_t role; /* enum misuse_role */
    uint32_t thread, stack;
    uint32_t reserved;
};

/* trace_misuse.flags */
#define TRACE_MISUSE_IF_IGNORED 1u /* wrong only if the program does not look at the result */
#define TRACE_MISUSE_ERRNO      2u /* the call returned -1, `result` is what errno said */
#define TRACE_MISUSE_SIGNAL     4u /* `result` is the number of a signal */
#define TRACE_MISUSE_HELD_MS    8u /* `result` is for how many milliseconds the lock was held */

enum { TRACE_MISUSE_PLACES = 4 };

/* The limits of rules are smaller: a time that is longer still fits `result`. */
#define TRACE_MISUSE_LIMIT_END 1000000000u

/* Once for each rule, place of the call and birth of the object; `count` grows in place. */
struct trace_misuse {
    struct trace_record record;
    uint16_t rule;   /* enum misuse_rule */
    uint16_t object; /* enum misuse_object */
    uint32_t flags;
    int32_t result; /* of the call, 0 when it succeeded or was not told */
    uint32_t count;
    uint64_t address;      /* of the object */
    trace_code_t location; /* of a static object */
    uint32_t lock;         /* its id, if it is known as a lock */
    uint32_t place_count;
    struct trace_misuse_place places[TRACE_MISUSE_PLACES]; /* the first is that of the call */
    uint32_t text_bytes;                                   /* with the NUL */
    char text[];                                           /* the function that was called */
};

enum trace_fix_kind {
#define X(number, NAME, word, one, several) TRACE_FIX_##NAME = (number),
#include "trace/fix_kinds.def"
#undef X
};

/* Once for each fix of the plan in each process; the counts grow in place. */
struct trace_fix {
    struct trace_record record;
    uint16_t fix_kind; /* enum trace_fix_kind */
    uint16_t reserved;
    uint32_t lock;  /* of ours, that stands in for the program's or goes before them; 0: none */
    uint32_t locks; /* of the program that it was applied to */
    uint32_t left;  /* that it is for, and left as they are */
    uint64_t acquisitions; /* through it; RECURSIVE: of a lock by the thread that had it already */
    uint64_t waits;        /* for a condition, that kept `lock` locked for other locks' sake */
    uint32_t text_bytes;   /* with the NULs */
    char text[];           /* the fix's name, then the plan's file */
};

struct trace_note {
    struct trace_record record;
    uint32_t text_bytes; /* with the NUL */
    char text[];
};

/* One entry of a thread's stack of held locks. The shim's own working copy lies here. */
struct trace_held {
    uint64_t address;
    uint32_t lock; /* lock id */
    uint32_t stack;
    uint32_t site_mode; /* call site << 4 | mode; the site is the shim's own numbering */
    uint32_t chain;     /* the shim's id of the chain that ends here; 0: not worked out */
    uint32_t count;     /* recursion depth, 1 for once */
    /* The shim's, not 0 where a release needs more than to take the entry out: 1 for a semaphore
     * whose release tells something new; for others the time of the acquisition (held_time.h). */
    uint32_t attention;
};

enum trace_event_kind {
#define X(number, NAME, numbering, text) TRACE_EVENT_##NAME = (number),
#include "trace/event_kinds.def"
#undef X
    TRACE_EVENT_KINDS_END
};

/* One thing a thread did. `object` is a lock's id (with its flag bits) unless the kind says
 * otherwise, `sequence` is the object's own count of such events, modulo 2^32. Written in two
 * halves, the one with the kind last. */
struct trace_event {
    uint32_t object, sequence;
    uint32_t stack;
    uint8_t kind; /* enum trace_event_kind; 0: not written */
    uint8_t mode; /* TRACE_MODE_*, TRACE_EVENT_NOT_WOKEN */
    uint16_t span;
};
_Static_assert(sizeof(struct trace_event) == 16, "four share a cache line");

/* trace_event.mode beside TRACE_MODE_*: of a WAIT_END, by timeout, cancelled, or for no reason;
 * then, in the upper bits, how many locks the thread gave back right after the event, without an
 * event of their own: each time the one acquired last, not for reading, with the number that
 * follows. */
#define TRACE_EVENT_NOT_WOKEN   16u
#define TRACE_EVENT_ONE_RELEASE 32u
#define TRACE_EVENT_RELEASES    (7u * TRACE_EVENT_ONE_RELEASE)

/* Events of one chunk, packed (event_pack.h). Blocks lie back to back, 8-byte aligned; `bytes`
 * counts this head and is a multiple of 8, 0 where there are no more. */
struct trace_packed {
    uint32_t bytes, count; /* of events, at most TRACE_PACKED_EVENTS */
    uint8_t data[];
};
enum { TRACE_PACKED_EVENTS = 1024 };

/* What a thread can wait for beside a lock: any of several threads may end such a wait. For a lock
 * the kind of a wait is the lock's (enum trace_lock_kind); the end of a thread is one. */
enum trace_wait_kind {
    TRACE_WAIT_CONDITION = 256,
    TRACE_WAIT_BARRIER = 257,
    TRACE_WAIT_SEMAPHORE = 258, /* one used as a signal */
};

/* What a thread holds and waits for, now or when the process was killed. Written by its thread
 * only; another process that reads a running one must expect it to change under its eyes. `wait`
 * counts up when a wait begins and when it ends, so that it is odd while the thread is blocked, and
 * what was read between two equal odd values belongs together. A timed wait (TRACE_MODE_TIMED) is
 * one too. The wanted_ fields mean nothing while it is even. */
struct trace_live {
    uint32_t thread;
    uint32_t capacity;   /* entries in held[] */
    uint32_t kernel_tid; /* 0: has not started */
    uint16_t wanted_kind;
    uint16_t wanted_mode;
    uint64_t wanted_since_ns; /* CLOCK_MONOTONIC_COARSE */
    uint64_t wanted_other;    /* condition: its mutex; end of a thread: the thread's id */
    uint64_t reserved;        /* 0: lies where an entry before held[0] would have its address */
    uint32_t held_count;      /* 0 when the thread has ended */
    uint32_t wait;            /* odd while it is blocked */
    uint64_t wanted_address;
    uint32_t wanted_lock;  /* the lock, or the condition's mutex; 0: not known */
    uint32_t wanted_stack; /* where it asks for it */
    struct trace_held held[];
};

/* trace_deadlock.sort */
enum trace_deadlock_sort {
    TRACE_DEADLOCK_CYCLE = 1,      /* each waits for the next, the last one for the first */
    TRACE_DEADLOCK_SELF = 2,       /* one thread waits for itself */
    TRACE_DEADLOCK_OWNER_GONE = 3, /* what the first waits for is held by the second, which ended */
    TRACE_DEADLOCK_NOT_FORKED = 4, /* ... which is a thread of the parent process only */
    TRACE_DEADLOCK_EVERYONE = 5,   /* nobody is left who could wake any of them */
};

/* One thread in a deadlock: what it waits for, as in trace_live (all 0: it has ended), and how many
 * of the locks that follow it holds. */
struct trace_deadlock_thread {
    uint32_t thread;
    uint16_t wanted_kind, wanted_mode;
    uint32_t wanted_lock; /* EVERYONE: of a condition the condition itself */
    uint32_t wanted_stack;
    uint64_t wanted_address, wanted_other;
    uint64_t wanted_since_ns;
    uint32_t waits_for; /* a thread that has to act first; 0: any, or unknown */
    uint32_t held_count;
    uint32_t pid; /* of another process: ids here and of what it holds are of its recording; or 0 */
    uint32_t kernel_tid;
};

/* Why nobody wakes those who wait for `lock`, a condition, a barrier or a semaphore used as a
 * signal: written before the DEADLOCK record that names it. The last_ fields mean nothing while
 * `wakes` (signals, broadcasts, posts) is 0. */
struct trace_wakes {
    struct trace_record record;
    uint32_t lock;
    uint32_t needed;       /* barrier: how many have to come */
    uint32_t waiting;      /* now, and not woken yet */
    uint32_t waits, wakes; /* calls so far */
    uint32_t last_thread, last_stack;
    uint32_t last_waiting; /* how many the last wake found waiting */
    uint64_t last_time_ns; /* CLOCK_MONOTONIC_COARSE */
};

/* trace_deadlock.flags */
#define TRACE_DEADLOCK_SUSPECTED 1u /* unchanged for long, but not proved; else it has happened */
#define TRACE_DEADLOCK_ENDED     2u /* the program was ended for it (option on_deadlock) */

/* A deadlock, seen while the program ran: its `set_count` threads in order, then `stuck_count` that
 * wait for them in turn, directly or not; then what they hold, thread by thread. Locks and stacks
 * named here are in the recording. */
struct trace_deadlock {
    struct trace_record record;
    uint32_t sort, flags;
    uint32_t set_count, stuck_count;
    uint64_t time_ns; /* CLOCK_MONOTONIC_COARSE */
    struct trace_deadlock_thread threads[];
    /* struct trace_dependency_held held[] follows */
};

/* trace_steering.step of the delays of option perturb: the fields then say at how many places
 * threads were, at how many they were delayed and for how long, and `together` is a sum that two
 * runs share only if they chose the same places. */
#define TRACE_STEERING_PERTURB UINT32_MAX
enum { TRACE_STEERING_STEPS = 64 };

/* What steering did at one step of the plan; once for each step that a thread came to, changed in
 * place. A thread that was held back when the process ended is in none of `met` to `alone`. */
struct trace_steering {
    struct trace_record record;
    uint32_t step;          /* from 0, in the order of the plan */
    uint32_t reached, held; /* times a thread came to it; was held back there */
    uint32_t met; /* of these: others came to where they were waited for, or a deadlock was told */
    uint32_t expired,
        in_the_way; /* the pause was over; somebody at no step waited for the thread */
    uint32_t alone; /* nobody else could run */
    uint32_t reserved;
    uint64_t held_ms;
    uint64_t together; /* the steps, as bits, at which others stood at the same time: the most */
};

#endif
