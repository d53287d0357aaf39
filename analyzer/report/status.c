#include "analyzer/report/status.h"

#include <inttypes.h>
#include <string.h>

#define MODE_BITS 15u

const struct status_format *status_format_find(const char *name)
{
    static const struct status_format formats[] = {
        {"text", status_write_text},
        {"json", status_write_json},
    };
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (strcmp(formats[i].name, name) == 0) {
            return &formats[i];
        }
    }
    return NULL;
}

bool status_is_idle(const struct live_snapshot_thread *thread)
{
    return thread->is_settled && thread->live->held_count == 0 && !live_is_blocked(thread->live);
}

/* The static object at an address, after its kind if there is one to tell: no record of a lock is
 * needed for that. */
static const char *object_name(const struct status *status, const char *kind, uint64_t address)
{
    const struct execution *execution = status->execution;
    for (size_t i = 0; i < execution->module_count; i++) {
        const struct module *module = &execution->modules[i];
        if (address >= module->start && address < module->end) {
            struct data_name data = symbolizer_data(status->symbolizer, execution,
                                                    TRACE_CODE(module->id, address - module->bias));
            if (data.name != NULL) {
                return kind != NULL ? arena_printf(status->arena, "%s %s", kind, data.name)
                                    : data.name;
            }
        }
    }
    return arena_printf(status->arena, "%s at 0x%" PRIx64, kind != NULL ? kind : "lock", address);
}

/* A lock that has another address by its record was read while it changed. */
const char *status_lock_name(const struct status *status, uint32_t lock, uint64_t address)
{
    const struct lock *known = execution_find_lock(status->execution, lock);
    return known != NULL && known->address == address
               ? names_lock(status->names, status->execution, lock)
               : object_name(status, NULL, address);
}

const char *status_wanted_kind(const struct trace_live *live)
{
    switch (live->wanted_kind) {
#define X(number, NAME, text)                                                                      \
    case TRACE_LOCK_##NAME:                                                                        \
        return text;
#include "trace/lock_kinds.def"
#undef X
    case TRACE_WAIT_CONDITION:
        return "condition";
    case TRACE_WAIT_BARRIER:
        return "barrier";
    case TRACE_WAIT_SEMAPHORE:
        return "semaphore";
    default:
        return "lock";
    }
}

static const char *end_of_thread(const struct status *status, uint32_t thread)
{
    return arena_printf(status->arena, "the end of %s",
                        names_thread(status->names, status->execution, thread));
}

const char *status_wanted_name(const struct status *status, const struct trace_live *live)
{
    switch (live->wanted_kind) {
    case TRACE_LOCK_THREAD:
        return end_of_thread(status, (uint32_t)live->wanted_other);
    case TRACE_WAIT_CONDITION:
    case TRACE_WAIT_BARRIER:
    case TRACE_WAIT_SEMAPHORE:
        return object_name(status, status_wanted_kind(live), live->wanted_address);
    default:
        return status_lock_name(status, live->wanted_lock, live->wanted_address);
    }
}

static bool holds(const struct trace_live *live, uint64_t address, bool reads_too)
{
    for (uint32_t i = 0; i < live->held_count; i++) {
        bool reads = (live->held[i].site_mode & MODE_BITS & TRACE_MODE_READ) != 0;
        if (live->held[i].address == address && (reads_too || !reads)) {
            return true;
        }
    }
    return false;
}

bool status_is_awaited(const struct trace_live *live, const struct live_snapshot_thread *thread)
{
    switch (live->wanted_kind) {
    case TRACE_LOCK_THREAD:
        return thread->live->thread == live->wanted_other;
    case TRACE_WAIT_CONDITION:
    case TRACE_WAIT_BARRIER:
    case TRACE_WAIT_SEMAPHORE:
        return false; /* anybody may end it */
    default:
        return holds(thread->live, live->wanted_address,
                     (live->wanted_mode & TRACE_MODE_READ) == 0);
    }
}

uint64_t status_wait_ns(const struct status *status, const struct trace_live *live)
{
    uint64_t now = status->snapshot->taken_ns;
    return now > live->wanted_since_ns ? now - live->wanted_since_ns : 0;
}
