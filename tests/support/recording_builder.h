/* Makes recordings for tests: says what threads did, keeps track of what they hold and of their
 * segments, and writes the records the shim would.
 *
 *     struct recording_builder *rec = recording_builder_create();
 *     uint32_t first = recording_thread(rec, "main"), a = recording_mutex(rec), b = ...;
 *     uint32_t worker = recording_create(rec, first, "worker");
 *     RECORDING_NEST(rec, worker, a, b);
 *     recording_write(rec, path);
 *     recording_builder_free(rec);
 *
 * Ids count from 1 in the order made. Any function that lacks memory or meets an I/O error
 * aborts: the test cannot go on. One thread at a time. */
#ifndef TESTS_SUPPORT_RECORDING_BUILDER_H
#define TESTS_SUPPORT_RECORDING_BUILDER_H

#include <stddef.h>
#include <stdint.h>
#include "trace/format.h"

struct recording_builder;

struct recording_builder *recording_builder_create(void);
void recording_builder_free(struct recording_builder *rec);

/* The header, to be changed at will; good until the next call. It says that the program exited
 * with status 0, until changed. */
struct trace_header *recording_header(struct recording_builder *rec);

void recording_process(struct recording_builder *rec, const char *executable, const char *directory,
                       uint32_t argument_count, const char *const *arguments);
uint32_t recording_module(struct recording_builder *rec, const char *path, uint64_t start,
                          uint64_t end, uint64_t bias);
uint32_t recording_stack(struct recording_builder *rec, uint16_t frame_count,
                         const trace_code_t *frames);
void recording_note(struct recording_builder *rec, const char *text);
/* The fix with the name and the plan's file. */
void recording_fix(struct recording_builder *rec, const struct trace_fix *counts, const char *name,
                   const char *plan);

/* A thread nobody is known to have created; one created by `parent`, which enters a new segment.
 * The name may be NULL. */
uint32_t recording_thread(struct recording_builder *rec, const char *name);
uint32_t recording_create(struct recording_builder *rec, uint32_t parent, const char *name);
void recording_thread_name(struct recording_builder *rec, uint32_t thread, const char *name);
void recording_join(struct recording_builder *rec, uint32_t thread, uint32_t other);
/* The thread forks process `pid` (0: one that has no recording) and enters a new segment. */
void recording_fork(struct recording_builder *rec, uint32_t thread, uint32_t pid);

uint32_t recording_mutex(struct recording_builder *rec);
uint32_t recording_rwlock(struct recording_builder *rec, uint16_t flags);
/* `lock` with its id set by the builder; fields left 0 stay so. */
uint32_t recording_lock(struct recording_builder *rec, struct trace_lock lock);
void recording_mark(struct recording_builder *rec, uint32_t lock, uint32_t marks);
/* Where the lock lies for other processes; the lock is set by the builder. */
void recording_mapping(struct recording_builder *rec, uint32_t lock,
                       struct trace_lock_mapping mapping);

/* Requests from now on are made after this, a nanosecond apart; after 0 at first. */
void recording_time(struct recording_builder *rec, uint64_t time_ns);

/* Where the next requests are made (a stack id); 0 at first. */
void recording_at(struct recording_builder *rec, uint32_t stack);

/* `thread` takes `lock` and holds it: a dependency is recorded if it holds another. */
void recording_acquire(struct recording_builder *rec, uint32_t thread, uint32_t lock,
                       uint32_t mode);
void recording_release(struct recording_builder *rec, uint32_t thread, uint32_t lock);
/* Takes the locks for writing one inside the other, then releases them all. */
void recording_nest(struct recording_builder *rec, uint32_t thread, size_t count,
                    const uint32_t *locks);
#define RECORDING_NEST(rec, thread, ...)                                                           \
    recording_nest((rec), (thread), sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t),    \
                   (const uint32_t[]){__VA_ARGS__})

/* A dependency as given, whatever the thread holds. */
void recording_dependency(struct recording_builder *rec, const struct trace_dependency *dependency,
                          const struct trace_dependency_held *held);
/* What `thread` holds now, and waits for, as a LIVE chunk. */
void recording_live(struct recording_builder *rec, uint32_t thread, uint32_t wanted_lock);

/* Any record: the kind and the bytes after the record header. Returns its offset. */
size_t recording_raw(struct recording_builder *rec, uint16_t kind, const void *body,
                     size_t body_bytes);
/* Ends the current chunk: the next record starts another. */
void recording_end_chunk(struct recording_builder *rec);

/* The file so far, chunks filled up to whole pages; owned by the builder, good until the next
 * call. */
unsigned char *recording_bytes(struct recording_builder *rec, size_t *size);
void recording_write(struct recording_builder *rec, const char *path);
/* Any bytes into a file. */
void recording_write_bytes(const char *path, const void *data, size_t size);

#endif
