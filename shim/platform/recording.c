#include "shim/platform/recording.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "shim/platform/descriptor.h"
#include "shim/platform/inner_lock.h"
#include "shim/platform/memory.h"
#include "shim/platform/options.h"
#include "shim/platform/path.h"

enum {
    FIRST_WINDOW = 64 * 1024,
    LAST_WINDOW = 4 * 1024 * 1024,
    RECORDS_CHUNK = 32 * 1024,
    LIVE_SIZES = 32,
    FREE_SIZES = 128,
    EXTENT = 1024 * 1024,
};

uint32_t recording_epoch = 1;

static struct inner_lock lock;

/* All below: under `lock`, except that counters in *header are relaxed atomics. */
static struct {
    enum { UNOPENED, OPEN, STOPPED } state;
    struct kept_descriptor file;
    char pattern[PATH_BYTES];
    char path[PATH_BYTES];
    const char *failure;
    enum trace_lost loss;                     /* what a record is lost to when it is not OPEN */
    struct trace_header *header;              /* the mapped first page, or &unrecorded */
    uint64_t file_bytes;                      /* reserved and mapped so far */
    size_t window_bytes;                      /* size of the next window */
    char *window, *window_end;                /* what is left of the current window */
    char *record, *record_end;                /* what is left of the current records chunk */
    uint64_t extent, extent_end;              /* reserved for copies of chunks, not mapped */
    struct trace_live *free_live[LIVE_SIZES]; /* by the logarithm of their pages */
    int cancel_state;                         /* of the thread that holds the lock */
} recording = {.state = UNOPENED, .file = {.fd = -1}};

/* Records taken back, by size in units of 8 bytes; those of many held locks in the last list. */
static struct {
    struct inner_lock lock; /* innermost of all */
    struct free_record {
        struct trace_record record;
        struct free_record *next;
    } * lists[FREE_SIZES];
} taken_back;

/* Counts what happens while there is no file to count in. */
static struct trace_header unrecorded;

static struct trace_header *counters(void)
{
    struct trace_header *header = __atomic_load_n(&recording.header, __ATOMIC_ACQUIRE);
    return header ? header : &unrecorded;
}

void recording_count_lost_some(enum trace_lost kind, uint64_t count)
{
    __atomic_fetch_add(&counters()->lost[kind], count, __ATOMIC_RELAXED);
}

void recording_count_lost(enum trace_lost kind)
{
    recording_count_lost_some(kind, 1);
}

uint64_t recording_lost(enum trace_lost kind)
{
    return __atomic_load_n(&counters()->lost[kind], __ATOMIC_RELAXED);
}

void recording_count_unlock_by_other(void)
{
    __atomic_fetch_add(&counters()->locks_by_other_thread, 1, __ATOMIC_RELAXED);
}

void recording_count_seen(uint64_t threads, uint64_t locks, uint64_t dependencies)
{
    struct trace_header *header = counters();
    __atomic_fetch_add(&header->threads_seen, threads, __ATOMIC_RELAXED);
    __atomic_fetch_add(&header->locks_seen, locks, __ATOMIC_RELAXED);
    __atomic_fetch_add(&header->dependencies_seen, dependencies, __ATOMIC_RELAXED);
}

static uint64_t nanoseconds(const struct timespec *time)
{
    return (uint64_t)time->tv_sec * 1000000000u + (uint64_t)time->tv_nsec;
}

void recording_set_state(enum trace_state state, int exit_status)
{
    struct trace_header *header = counters();
    struct timespec now;
    header->exit_status = exit_status;
    header->end_monotonic_ns = 0;
    if (state != TRACE_RUNNING && clock_gettime(CLOCK_MONOTONIC, &now) == 0)
        header->end_monotonic_ns = nanoseconds(&now);
    __atomic_store_n(&header->state, state, __ATOMIC_RELEASE);
}

const char *recording_path(void)
{
    return recording.state == OPEN ? recording.path : "";
}

bool recording_failed(void)
{
    return recording.failure != NULL;
}

const char *recording_failure(void)
{
    return recording.failure ? recording.failure : "";
}

/* Growing the file makes calls that are cancellation points. */
static void lock_only(void)
{
    int state;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    inner_lock_acquire(&lock);
    recording.cancel_state = state;
}

void recording_unlock(void)
{
    int state = recording.cancel_state;
    inner_lock_release(&lock);
    pthread_setcancelstate(state, NULL);
}

static void stop(const char *failure, enum trace_lost loss)
{
    recording.state = STOPPED;
    recording.failure = failure;
    recording.loss = loss;
    recording.record = recording.record_end = NULL;
    recording.window = recording.window_end = NULL;
}

/* Writing or reserving past RLIMIT_FSIZE sends SIGXFSZ, so look first. */
static bool within_file_size_limit(uint64_t bytes)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
           bytes <= limit.rlim_cur;
}

/* Real blocks for [offset, offset + bytes), so that touching the mapping cannot fail. */
static bool reserve_blocks(int fd, uint64_t offset, size_t bytes)
{
    if (fallocate(fd, 0, (off_t)offset, (off_t)bytes) == 0)
        return true;
    if (errno != EOPNOTSUPP && errno != ENOSYS)
        return false;
    static const char zeros[TRACE_PAGE];
    for (size_t done = 0; done < bytes; done += TRACE_PAGE) {
        if (pwrite(fd, zeros, TRACE_PAGE, (off_t)(offset + done)) != TRACE_PAGE)
            return false;
    }
    return true;
}

static char *map_blocks(int fd, size_t bytes)
{
    if (!reserve_blocks(fd, recording.file_bytes, bytes)) {
        stop(errno == ENOSPC ? "the disk is full" : "the file could not grow", TRACE_LOST_space);
        return NULL;
    }
    void *window = mmap(memory_place(bytes), bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
                        (off_t)recording.file_bytes);
    if (window == MAP_FAILED) {
        stop("the file could not be mapped", TRACE_LOST_space);
        return NULL;
    }
    return window;
}

/* Maps the next `bytes` of the file. */
static char *map_window(size_t bytes)
{
    if (!within_file_size_limit(recording.file_bytes + bytes)) {
        stop("the file size limit (ulimit -f) was reached", TRACE_LOST_space);
        return NULL;
    }
    if (recording.file_bytes + bytes > options.record_limit_bytes) {
        stop("record_limit was reached", TRACE_LOST_limit);
        return NULL;
    }
    int fd = descriptor_use(&recording.file, -1, recording.path);
    if (fd < 0) {
        stop("the program closed the recording and its file is gone", TRACE_LOST_space);
        return NULL;
    }
    char *window = map_blocks(fd, bytes);
    descriptor_done(&recording.file, -1, fd);
    if (!window)
        return NULL;
    recording.file_bytes += bytes;
    return window;
}

static struct trace_chunk *start_chunk(char *at, uint32_t kind, size_t bytes, uint32_t thread)
{
    struct trace_chunk *chunk = (struct trace_chunk *)at;
    chunk->kind = kind;
    chunk->bytes = bytes;
    chunk->thread = thread;
    __atomic_store_n(&chunk->magic, TRACE_CHUNK_MAGIC, __ATOMIC_RELEASE);
    recording.header->file_bytes += bytes;
    return chunk;
}

/* Room for a chunk of `bytes`, a multiple of the page; the rest of an outgrown window is given to
 * the chunk chain as an empty records chunk, so that a reader steps over it. */
static char *claim(size_t bytes)
{
    if ((size_t)(recording.window_end - recording.window) < bytes) {
        size_t rest = (size_t)(recording.window_end - recording.window);
        if (rest)
            start_chunk(recording.window, TRACE_CHUNK_RECORDS, rest, 0);
        size_t size = recording.window_bytes;
        if (size < LAST_WINDOW)
            recording.window_bytes *= 2;
        if (size < bytes)
            size = bytes;
        recording.window = recording.window_end = NULL;
        char *window = map_window(size);
        if (!window)
            return NULL;
        recording.window = window;
        recording.window_end = window + size;
    }
    char *at = recording.window;
    recording.window += bytes;
    return at;
}

uint64_t recording_pid_namespace(void)
{
    struct stat status;
    return stat("/proc/self/ns/pid", &status) == 0 ? status.st_ino : 0;
}

/* The magic comes last: without it, a file left by SIGKILL meanwhile counts as empty. */
static void write_header(struct trace_header *header, uint32_t exec_count)
{
    struct timespec now;
    header->byte_order = TRACE_BYTE_ORDER;
    header->version = TRACE_VERSION;
    header->min_reader = TRACE_MIN_READER;
    header->header_bytes = TRACE_PAGE;
    header->pid = (uint32_t)getpid();
    header->exec_count = exec_count;
    clock_gettime(CLOCK_REALTIME, &now);
    header->start_realtime_ns = nanoseconds(&now);
    clock_gettime(CLOCK_MONOTONIC, &now);
    header->start_monotonic_ns = nanoseconds(&now);
    header->pid_namespace = recording_pid_namespace();
    header->state = TRACE_RUNNING;
    header->file_bytes = TRACE_PAGE;
    for (int i = 0; i < TRACE_LOST_COUNT; i++)
        header->lost[i] = unrecorded.lost[i];
    atomic_signal_fence(memory_order_release);
    memcpy(header->magic, TRACE_MAGIC, sizeof(header->magic));
}

/* Creates the file: never an existing one, never through a symbolic link. A pid that has already
 * recorded (exec, or a reused pid) takes the next free exec count. */
static bool create_file(uint32_t *exec_count)
{
    for (uint32_t count = 0; count < 100000; count++) {
        if (!path_expand(recording.pattern, count, recording.path)) {
            stop("the record path is too long", TRACE_LOST_space);
            return false;
        }
        if (count == 0 && !path_make_folder(recording.path)) {
            stop("its folder could not be made", TRACE_LOST_space);
            return false;
        }
        int fd = open(recording.path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd >= 0) {
            *exec_count = count;
            descriptor_keep(&recording.file, fd);
            return true;
        }
        if (errno != EEXIST)
            break;
        if (!path_has_exec_count(recording.pattern)) {
            stop("the file exists already", TRACE_LOST_space);
            return false;
        }
    }
    stop(errno == ENOSPC ? "the disk is full" : "the file could not be created", TRACE_LOST_space);
    return false;
}

static void describe_process(void)
{
    static char strings[16 * 1024]; /* under the lock, and off a small stack */
    uint32_t arguments;
    size_t bytes = process_describe(strings, sizeof(strings), &arguments);
    struct trace_process *process = recording_reserve(sizeof(*process) + bytes);
    if (!process)
        return;
    process->pid = (uint32_t)getpid();
    process->parent_pid = (uint32_t)getppid();
    process->argument_count = arguments;
    process->string_bytes = (uint32_t)bytes;
    memcpy(process->strings, strings, bytes);
    recording_publish(process, TRACE_PROCESS, sizeof(*process) + bytes);
}

static void (*on_open)(void);

void recording_on_open(void (*opened)(void))
{
    on_open = opened;
}

static void open_file(void)
{
    uint32_t exec_count;
    if (!recording.pattern[0]) {
        recording.state = STOPPED;
        return;
    }
    if (!create_file(&exec_count))
        return;
    recording.file_bytes = 0;
    recording.window_bytes = 2 * FIRST_WINDOW;
    char *window = map_window(FIRST_WINDOW);
    if (!window) {
        unlink(recording.path);
        descriptor_drop(&recording.file);
        return;
    }
    write_header((struct trace_header *)window, exec_count);
    __atomic_store_n(&recording.header, (struct trace_header *)window, __ATOMIC_RELEASE);
    recording.window = window + TRACE_PAGE;
    recording.window_end = window + FIRST_WINDOW;
    recording.state = OPEN;
    describe_process();
    if (on_open)
        on_open();
}

void recording_configure(const char *pattern)
{
    if (!path_absolute(pattern, recording.pattern)) {
        recording.pattern[0] = '\0';
        recording.failure = "the record path is too long";
    }
}

/* Opened here and not by the first record: what is written on opening may define the same things.
 */
void recording_lock(void)
{
    lock_only();
    if (recording.state == UNOPENED)
        open_file();
}

void recording_open_now(void)
{
    recording_lock();
    recording_unlock();
}

/* The parent's mappings stay: its threads' live blocks may still be looked at while this process
 * sorts itself out, and a handful of shared pages cost nothing. Only nothing is written there. */
void recording_after_fork(void)
{
    inner_lock_reset(&lock);
    descriptor_drop(&recording.file);
    __atomic_store_n(&recording.header, NULL, __ATOMIC_RELEASE);
    memset(&unrecorded, 0, sizeof(unrecorded));
    recording.state = UNOPENED;
    recording.failure = NULL;
    memset(recording.free_live, 0, sizeof(recording.free_live));
    recording.record = recording.record_end = NULL;
    recording.window = recording.window_end = NULL;
    recording.extent = recording.extent_end = 0;
    memset(&taken_back, 0, sizeof(taken_back));
    recording_epoch++;
}

static struct free_record **free_list(size_t bytes)
{
    size_t size = bytes / 8;
    return &taken_back.lists[size < FREE_SIZES ? size : FREE_SIZES - 1];
}

void recording_take_back(struct trace_record *record)
{
    struct free_record *free_record = (struct free_record *)record;
    if (record->kind == TRACE_DEPENDENCY)
        __atomic_fetch_add(&counters()->dependencies_folded, 1, __ATOMIC_RELAXED);
    __atomic_store_n(&record->kind, 0, __ATOMIC_RELEASE);
    inner_lock_acquire(&taken_back.lock);
    struct free_record **list = free_list(record->bytes);
    free_record->next = *list;
    *list = free_record;
    inner_lock_release(&taken_back.lock);
}

/* The place of a record of exactly that size, zeroed but for the size: as long as there is no kind
 * a reader steps over it. */
static void *reuse(size_t bytes)
{
    inner_lock_acquire(&taken_back.lock);
    struct free_record **list = free_list(bytes), *found = *list;
    if (found && found->record.bytes == bytes)
        *list = found->next;
    else
        found = NULL;
    inner_lock_release(&taken_back.lock);
    if (found)
        memset(&found->record + 1, 0, bytes - sizeof(found->record));
    return found;
}

static void start_records(size_t bytes)
{
    size_t needed = sizeof(struct trace_chunk) + bytes;
    size_t rest = (size_t)(recording.window_end - recording.window);
    size_t size = (needed + TRACE_PAGE - 1) & ~(size_t)(TRACE_PAGE - 1);
    if (size < RECORDS_CHUNK)
        size = rest >= size && rest < RECORDS_CHUNK ? rest : RECORDS_CHUNK;
    char *chunk = claim(size);
    if (!chunk)
        return;
    start_chunk(chunk, TRACE_CHUNK_RECORDS, size, 0);
    recording.record = chunk + sizeof(struct trace_chunk);
    recording.record_end = chunk + size;
}

void *recording_reserve(size_t bytes)
{
    bytes = (bytes + 7) & ~(size_t)7;
    void *record = recording.state == OPEN ? reuse(bytes) : NULL;
    if (record)
        return record;
    if (recording.state == OPEN && (size_t)(recording.record_end - recording.record) < bytes)
        start_records(bytes);
    if (recording.state != OPEN) {
        recording_count_lost(recording.loss);
        return NULL;
    }
    record = recording.record;
    recording.record += bytes;
    return record;
}

void recording_publish(void *record, enum trace_record_kind kind, size_t bytes)
{
    struct trace_record *head = record;
    head->bytes = (uint32_t)((bytes + 7) & ~(size_t)7);
    __atomic_store_n(&head->kind, (uint16_t)kind, __ATOMIC_RELEASE);
}

/* Blocks have 1, 2, 4... pages, and those of one size share a list, through wanted_address. Behind
 * the last entry there is room for one more: code that a signal handler interrupted on its way to
 * write there may take an outgrown block for one with room. */
static size_t live_bytes(uint32_t capacity)
{
    size_t bytes = sizeof(struct trace_chunk) + sizeof(struct trace_live) +
                   ((size_t)capacity + 1) * sizeof(struct trace_held);
    size_t size = TRACE_PAGE;
    while (size < bytes)
        size *= 2;
    return size;
}

static struct trace_live **live_list(uint32_t capacity)
{
    return &recording.free_live[__builtin_ctzll(live_bytes(capacity) / TRACE_PAGE)];
}

static struct trace_live *reuse_live(uint32_t capacity)
{
    struct trace_live **list = live_list(capacity), *live = *list;
    if (!live)
        return NULL;
    *list = (struct trace_live *)(uintptr_t)live->wanted_address;
    live->wanted_address = 0;
    return live;
}

static struct trace_live *new_live(uint32_t thread, uint32_t capacity)
{
    size_t bytes = live_bytes(capacity);
    char *chunk = recording.state == OPEN ? claim(bytes) : NULL;
    if (chunk) {
        start_chunk(chunk, TRACE_CHUNK_LIVE, bytes, thread);
    } else {
        chunk = memory_map(bytes);
        if (!chunk)
            return NULL;
    }
    struct trace_live *live = (struct trace_live *)(chunk + sizeof(struct trace_chunk));
    live->capacity = (uint32_t)((bytes - sizeof(struct trace_chunk) - sizeof(*live)) /
                                sizeof(struct trace_held)) -
                     1;
    return live;
}

struct trace_live *recording_live_alloc(uint32_t thread, uint32_t capacity)
{
    lock_only();
    struct trace_live *live = reuse_live(capacity);
    if (!live)
        live = new_live(thread, capacity);
    if (live)
        live->thread = thread;
    recording_unlock();
    return live;
}

bool recording_live_is_in_file(const struct trace_live *live)
{
    return ((const struct trace_chunk *)live - 1)->magic == TRACE_CHUNK_MAGIC;
}

void recording_live_free(struct trace_live *live)
{
    lock_only();
    live->held_count = 0;
    live->wait += live->wait & 1;
    live->kernel_tid = 0;
    __atomic_store_n(&live->thread, 0, __ATOMIC_RELEASE);
    struct trace_live **list = live_list(live->capacity);
    live->wanted_address = (uintptr_t)*list;
    *list = live;
    recording_unlock();
}

uint64_t recording_start_ns(void)
{
    return counters()->start_monotonic_ns;
}

bool recording_is_open(void)
{
    return __atomic_load_n(&recording.state, __ATOMIC_RELAXED) == OPEN;
}

struct trace_chunk *recording_events_chunk(size_t bytes)
{
    char *chunk = recording.state == OPEN ? claim(bytes) : NULL;
    return chunk ? start_chunk(chunk, TRACE_CHUNK_EVENTS, bytes, 0) : NULL;
}

/* The system call, as the C library's own is a cancellation point. */
static bool write_at(int fd, const void *bytes, size_t size, uint64_t offset)
{
    return syscall(SYS_pwrite64, fd, bytes, size, offset) == (long)size;
}

/* The next stretch of the file for blocks of events: one chunk, so that who is not after events
 * passes over many at once. */
static bool reserve_extent(int fd)
{
    const struct trace_chunk chunk = {.magic = TRACE_CHUNK_MAGIC,
                                      .kind = TRACE_CHUNK_EVENTS,
                                      .bytes = EXTENT,
                                      .state = TRACE_EVENTS_PACKED};
    if (!within_file_size_limit(recording.file_bytes + EXTENT) ||
        recording.file_bytes + EXTENT > options.record_limit_bytes ||
        !reserve_blocks(fd, recording.file_bytes, EXTENT) ||
        !write_at(fd, &chunk, sizeof(chunk), recording.file_bytes))
        return false;
    recording.extent = recording.file_bytes + sizeof(chunk);
    recording.file_bytes += EXTENT;
    recording.extent_end = recording.file_bytes;
    recording.header->file_bytes += EXTENT;
    return true;
}

/* The limit may be another one than when the blocks were reserved. */
static bool append(int fd, const struct trace_packed *block)
{
    if (recording.extent_end - recording.extent < block->bytes && !reserve_extent(fd))
        return false;
    if (!within_file_size_limit(recording.extent + block->bytes) ||
        !write_at(fd, block, block->bytes, recording.extent))
        return false;
    recording.extent += block->bytes;
    return true;
}

bool recording_append(const struct trace_packed *block)
{
    int fd = recording.state == OPEN ? descriptor_use(&recording.file, -1, recording.path) : -1;
    if (fd < 0)
        return false;
    bool done = append(fd, block);
    descriptor_done(&recording.file, -1, fd);
    return done;
}
