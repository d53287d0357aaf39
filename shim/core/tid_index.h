/* Which thread has a kernel id: an index, 0 for none. A page of 4,096 ids is made with the first of
 * them and wiped in a fork child, where all threads but one are gone.
 *
 * Changed under the thread list's lock; found by any thread without it. Two loads. */
#ifndef UNKNOT_SHIM_TID_INDEX_H
#define UNKNOT_SHIM_TID_INDEX_H

#include <stdint.h>

/* Without memory the thread stays unknown. */
void tid_index_set(uint32_t kernel_tid, uint32_t index);

/* Unless the id is another thread's by now. */
void tid_index_forget(uint32_t kernel_tid, uint32_t index);

uint32_t tid_index_find(uint32_t kernel_tid);

#endif
