#include "shim/core/chain_table.h"

#include "shim/core/chain_store.h"
#include "shim/platform/recording.h"

uint32_t chain_table_enter(uint32_t parent_id, uint32_t lock, uint32_t site_mode)
{
    inner_lock_acquire(&chain_store_lock);
    uint32_t parent = parent_id ? chain_find_id(parent_id) : 0, index = 0;
    if (!parent_id || (parent && !chain_at(parent)->ended)) {
        index = chain_find(parent, lock, site_mode);
        if (!index)
            index = chain_add(parent, lock, site_mode);
    }
    uint32_t id = index ? chain_at(index)->id : 0;
    inner_lock_release(&chain_store_lock);
    return id;
}

bool chain_table_is_live(const struct seen_chain *entry)
{
    inner_lock_acquire(&chain_store_lock);
    uint32_t index = chain_find_id(entry->chain);
    bool live = index && !chain_at(index)->ended;
    inner_lock_release(&chain_store_lock);
    return live;
}

void chain_table_note_lock(struct trace_lock *record)
{
    inner_lock_acquire(&chain_store_lock);
    uint32_t index = chain_lock_find(record->id);
    if (index) {
        chain_lock_at(index)->record = record;
        chain_lock_at(index)->epoch = recording_epoch;
    }
    inner_lock_release(&chain_store_lock);
}

/* The first note of a chain: its edges count for the locks at both ends. */
static void count_edges(uint32_t index)
{
    const struct chain *chain = chain_at(index);
    if (chain->relevant)
        chain_lock_at(chain_lock_find(chain->lock))->in++;
    for (uint32_t held = chain->parent; held; held = chain_at(held)->parent)
        chain_lock_at(chain_lock_find(chain_at(held)->lock))->out++;
}

/* Without memory for the note the edges count for ever: nothing at their ends is taken back. */
void chain_table_note(uint32_t id, struct trace_dependency *record)
{
    inner_lock_acquire(&chain_store_lock);
    uint32_t index = chain_find_id(id);
    if (index && !chain_at(index)->ended) {
        bool is_first = !chain_at(index)->notes;
        if (!chain_note_add(index, record, recording_epoch) || is_first)
            count_edges(index);
    }
    inner_lock_release(&chain_store_lock);
}

void chain_table_keep(uint32_t id)
{
    inner_lock_acquire(&chain_store_lock);
    for (uint32_t index = chain_find_id(id); index; index = chain_at(index)->parent)
        chain_lock_at(chain_lock_find(chain_at(index)->lock))->lasting = true;
    inner_lock_release(&chain_store_lock);
}

void chain_table_keep_record(uint32_t lock)
{
    inner_lock_acquire(&chain_store_lock);
    uint32_t index = chain_lock_find(lock);
    if (index)
        chain_lock_at(index)->kept = true;
    inner_lock_release(&chain_store_lock);
}

void chain_table_each_edge(void (*edge)(uint32_t held, uint32_t requested, void *context),
                           void *context)
{
    inner_lock_acquire(&chain_store_lock);
    for (uint32_t index = 1; index <= chain_last(); index++) {
        const struct chain *chain = chain_at(index);
        if (!chain->lock || chain->site_mode & (TRACE_MODE_TRY | TRACE_MODE_TIMED))
            continue;
        for (uint32_t held = chain->parent; held; held = chain_at(held)->parent)
            edge(chain_at(held)->lock, chain->lock, context);
    }
    inner_lock_release(&chain_store_lock);
}

void chain_table_after_fork(void)
{
    inner_lock_reset(&chain_store_lock);
}
