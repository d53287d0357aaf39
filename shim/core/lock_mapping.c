#include "shim/core/lock_mapping.h"

#include "shim/platform/clock.h"
#include "shim/platform/mapping.h"
#include "shim/platform/recording.h"

/* A spin lock does not say whether it was made to be shared. */
static bool may_be_shared(const struct lock_entry *entry)
{
    return (entry->flags & TRACE_LOCK_SHARED) != 0 || entry->kind == TRACE_LOCK_SPIN;
}

/* What a fork child knows from its parent was initialised there. */
static bool is_initialised_here(const struct lock_entry *entry)
{
    return entry->init_thread != 0 && !lock_table_is_inherited(entry->id);
}

bool lock_mapping_record(const struct lock_entry *entry)
{
    struct mapping_place place;
    if (!may_be_shared(entry))
        return false;
    enum mapping_answer answer = mapping_find(entry->address, &place);
    if (answer == MAPPING_UNKNOWN)
        recording_count_lost(TRACE_LOST_mapping);
    if (answer != MAPPING_SHARED)
        return false;
    struct trace_lock_mapping *record = recording_reserve(sizeof(*record));
    if (!record)
        return true;
    record->lock = entry->id;
    record->flags = is_initialised_here(entry) ? TRACE_MAPPING_INITIALISED : 0;
    record->device = place.device;
    record->inode = place.inode;
    record->offset = place.offset;
    record->time_ns = clock_coarse_ns();
    recording_publish(record, TRACE_LOCK_MAPPING, sizeof(*record));
    return true;
}
