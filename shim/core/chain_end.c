/* What the end of a lock leaves behind.
 *
 * A dependency is an edge from each held lock to the requested one. A lock that has ended gets no
 * more edges, so what can lie on a cycle through it is known:
 *
 * - A *leaf*: no dependency is left in which it is held. No cycle goes through it, it is no gate of
 *   any, and all requests of it are taken back.
 * - A *root*: no dependency is left that leads to it. It matters only as a gate; a dependency of
 *   which all held locks are roots is taken back.
 * - Taking one back may make leaves and roots of other ended locks, and so on.
 * - A *twin*: another ended lock of its class that has the same dependencies but for the lock
 *   itself: same threads, segments, modes, stacks and other locks. A cycle through one is a cycle
 *   through the other, and one through both has a shorter one through either; so one is taken back.
 *   Only if a single thread held it: two threads that held one and the same are gated by it, two
 *   that held twins are not, and that must not change.
 *
 * What is taken back frees its place in the recording, and so does the record of a lock that
 * nothing names any more. Leaves and roots leave one witness for each chain of classes
 * (class_witness.h), for cycles among classes. The work is linear in the chains that end. */
#include "shim/core/chain_table.h"

#include <stddef.h>

#include "shim/core/chain_store.h"
#include "shim/core/chain_twins.h"
#include "shim/core/class_witness.h"
#include "shim/platform/recording.h"

static uint32_t due; /* list of ended locks to look at */

static void look_at(uint32_t index)
{
    struct chain_lock *lock = chain_lock_at(index);
    if (!lock->ended || lock->is_due)
        return;
    lock->is_due = true;
    lock->next_due = due;
    due = index;
}

static void lose_edge(uint32_t *count, uint32_t lock)
{
    if (!--*count)
        look_at(lock);
}

static void uncount_edges(uint32_t index)
{
    const struct chain *chain = chain_at(index);
    uint32_t lock = chain_lock_find(chain->lock);
    chain_twins_remove(lock);
    if (chain->relevant)
        lose_edge(&chain_lock_at(lock)->in, lock);
    for (uint32_t held = chain->parent; held; held = chain_at(held)->parent) {
        lock = chain_lock_find(chain_at(held)->lock);
        chain_twins_remove(lock);
        lose_edge(&chain_lock_at(lock)->out, lock);
    }
}

static void keep_records_of_locks(uint32_t index)
{
    for (; index; index = chain_at(index)->parent)
        chain_lock_at(chain_lock_find(chain_at(index)->lock))->kept = true;
}

enum taking { TAKE_ALL, TAKE_ALL_BUT_WITNESSES };

/* Takes a chain's dependencies back. */
static void take_back(uint32_t index, enum taking taking)
{
    if (!chain_at(index)->notes)
        return;
    uncount_edges(index);
    while (chain_at(index)->notes) {
        const struct chain_note *note = chain_note_at(chain_at(index)->notes);
        if (note->epoch != recording_epoch)
            ; /* in the recording of the process that forked this one */
        else if (taking == TAKE_ALL_BUT_WITNESSES && class_witness_keep(note->record))
            keep_records_of_locks(index);
        else
            recording_take_back(&note->record->record);
        chain_note_remove_first(index);
    }
}

static bool is_empty(uint32_t index)
{
    const struct chain *chain = chain_at(index);
    return chain->ended && !chain->notes && !chain->first_child;
}

static void remove_chain(uint32_t index)
{
    uint32_t lock = chain_lock_find(chain_at(index)->lock);
    chain_remove(index);
    if (!chain_lock_at(lock)->first)
        look_at(lock);
}

static void remove_upward(uint32_t index)
{
    while (index && is_empty(index)) {
        uint32_t parent = chain_at(index)->parent;
        remove_chain(index);
        index = parent;
    }
}

static uint32_t first_leaf(uint32_t index)
{
    while (chain_at(index)->first_child)
        index = chain_at(index)->first_child;
    return index;
}

/* Removes what is empty in a tree, longest chains first. */
static void prune(uint32_t root)
{
    uint32_t next;
    for (uint32_t index = first_leaf(root); index; index = next) {
        const struct chain *chain = chain_at(index);
        next = chain->next_sibling ? first_leaf(chain->next_sibling) : chain->parent;
        if (index == root)
            next = 0;
        if (is_empty(index))
            remove_chain(index);
    }
}

static void end_chains(const struct chain_lock *lock)
{
    for (uint32_t end = lock->first; end; end = chain_at(end)->next_of_lock) {
        if (chain_at(end)->ended)
            continue;
        for (uint32_t index = end; index; index = chain_next_below(end, index))
            chain_at(index)->ended = true;
    }
    for (uint32_t end = lock->first, next; end; end = next) {
        next = chain_at(end)->next_of_lock; /* is older, so it does not lie below `end` */
        prune(end);
    }
}

static void take_back_leaf(const struct chain_lock *lock, enum taking taking)
{
    for (uint32_t end = lock->first, next; end; end = next) {
        next = chain_at(end)->next_of_lock;
        take_back(end, taking);
        remove_upward(end);
    }
}

static void become_root(struct chain_lock *lock)
{
    lock->rooted = true;
    for (uint32_t end = lock->first, next; end; end = next) {
        next = chain_at(end)->next_of_lock;
        uint32_t parent = chain_at(end)->parent, index = end;
        while ((index = chain_next_below(end, index))) {
            struct chain *chain = chain_at(index);
            if (--chain->relevant || !chain->notes)
                continue;
            uint32_t requested = chain_lock_find(chain->lock);
            lose_edge(&chain_lock_at(requested)->in, requested);
            take_back(index, TAKE_ALL_BUT_WITNESSES);
        }
        prune(end);
        remove_upward(parent);
    }
}

static void take_back_twin(const struct chain_lock *lock)
{
    for (uint32_t end = lock->first, next; end; end = next) {
        next = chain_at(end)->next_of_lock;
        uint32_t parent = chain_at(end)->parent;
        for (uint32_t index = end; index; index = chain_next_below(end, index))
            take_back(index, TAKE_ALL);
        prune(end);
        remove_upward(parent);
    }
}

/* No chain ends in it any more. */
static void forget(uint32_t index)
{
    struct chain_lock *lock = chain_lock_at(index);
    if (lock->record && lock->epoch == recording_epoch && !lock->kept && !lock->in && !lock->out)
        recording_take_back(&lock->record->record);
    chain_lock_remove(index);
}

static void settle(uint32_t index)
{
    struct chain_lock *lock = chain_lock_at(index);
    if (lock->lasting)
        ; /* its dependencies stay */
    else if (!lock->out)
        take_back_leaf(lock, TAKE_ALL_BUT_WITNESSES);
    else if (!lock->in && !lock->rooted)
        become_root(lock);
    if (lock->first && !lock->lasting && chain_twins_find_or_add(index))
        take_back_twin(lock);
    lock->is_due = false;
    if (!lock->first)
        forget(index);
}

void chain_table_drop(uint32_t id, enum chain_lock_tie tie)
{
    inner_lock_acquire(&chain_store_lock);
    uint32_t index = chain_lock_find(id);
    if (index) {
        struct chain_lock *lock = chain_lock_at(index);
        lock->ended = true;
        lock->kept |= tie != CHAIN_LOCK_UNTIED;
        lock->lasting |= tie == CHAIN_LOCK_LASTING;
        end_chains(lock);
        look_at(index);
    }
    while (due) {
        index = due;
        due = chain_lock_at(index)->next_due;
        settle(index);
    }
    inner_lock_release(&chain_store_lock);
}
