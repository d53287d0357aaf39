/* free, realloc, munmap and C++ delete: a lock in memory that is given back has ended, destroyed
 * or not. Memory without locks costs a bitmap look-up. */
#include "shim/hook/standin.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "shim/platform/block_size.h"
#include "shim/platform/mapping.h"

/* A call of the program that gives memory back; `readable` if it is still there. */
struct giving_back {
    const char *function;
    uintptr_t address, pointer;
    bool readable;
};

static __attribute__((noinline)) void retire(uintptr_t start, uintptr_t end,
                                             const struct giving_back *call)
{
    struct shim_thread *self = thread_enter();
    if (!self)
        return;
    int saved_errno = errno;
    thread_guard(self, (uintptr_t)__builtin_frame_address(0));
    misuse_of_memory(self, start, end, call->readable, call->function, call->address,
                     call->pointer);
    lock_table_retire_range(start, end);
    if (mapping_any_known())
        mapping_forget(start, end);
    thread_unguard(self);
    errno = saved_errno;
    if (__builtin_expect(standin_on, 0))
        standin_prune(call->address, call->pointer);
}

static inline void ending(const void *memory, size_t bytes, const struct giving_back *call)
{
    uintptr_t start = (uintptr_t)memory, end = start + bytes;
    if (__builtin_expect(end > start && lock_table_may_hold(start, end), 0))
        retire(start, end, call);
}

/* The same for memory whose mapping goes, too. */
static inline void ending_mapping(const void *memory, size_t bytes, const struct giving_back *call)
{
    uintptr_t start = (uintptr_t)memory, end = start + bytes;
    if (end > start && (mapping_any_known() || lock_table_may_hold(start, end)))
        retire(start, end, call);
}

static __attribute__((noinline)) void ending_block(void *memory, const char *function,
                                                   uintptr_t address, uintptr_t pointer)
{
    const struct giving_back call = {function, address, pointer, true};
    if (memory && lock_table_any())
        ending(memory, block_size(memory), &call);
}

/* Of a hook that gives memory back before it looks. */
#define GIVEN_BACK                                                                                 \
    &(const struct giving_back)                                                                    \
    {                                                                                              \
        __func__, CALLER, false                                                                    \
    }

/* False if certainly no lock lies in the block: a few instructions that read what free() reads
 * anyway, and one counter. */
static ALWAYS_INLINE bool must_look(const void *memory)
{
    if (__builtin_expect(!memory || !block_size_is_before, 0))
        return true;
    return block_size_exceeds(memory, LOCK_PAGE_BYTES) || !lock_pages_none_near((uintptr_t)memory);
}

/* dlsym gives back what described an earlier failure, by free(), before it forgets it: looking for
 * free then would come back here for ever. That text is lost within, and given back once outside.
 */
static __thread bool looking_for_free __attribute__((tls_model("initial-exec")));

static __attribute__((noinline)) void free_looking(void *memory, uintptr_t address,
                                                   uintptr_t pointer)
{
    if (looking_for_free)
        return;
    ending_block(memory, "free", address, pointer);
    looking_for_free = !REAL(free);
    void (*real_free)(void *) = REAL_GET(free);
    looking_for_free = false;
    real_free(memory);
}

EXPORTED void free(void *memory)
{
    if (__builtin_expect(must_look(memory), 0))
        free_looking(memory, CALLER);
    else
        REAL(free)(memory); /* there when the library has started, and must_look with it */
}

EXPORTED void *realloc(void *memory, size_t bytes)
{
    size_t old_bytes = memory && lock_table_any() ? block_size(memory) : 0;
    void *result = REAL_GET(realloc)(memory, bytes);
    if (old_bytes && result != memory && (result || !bytes))
        ending(memory, old_bytes, GIVEN_BACK);
    return result;
}

EXPORTED void *reallocarray(void *memory, size_t count, size_t bytes)
{
    size_t old_bytes = memory && lock_table_any() ? block_size(memory) : 0;
    void *result = REAL_GET(reallocarray)(memory, count, bytes);
    if (old_bytes && result && result != memory)
        ending(memory, old_bytes, GIVEN_BACK);
    return result;
}

EXPORTED int munmap(void *address, size_t bytes)
{
    ending_mapping(address, bytes, GIVEN_BACK);
    return REAL_GET(munmap)(address, bytes);
}

EXPORTED void *mremap(void *address, size_t old_bytes, size_t new_bytes, int flags, ...)
{
    void *target = NULL;
    if (flags & MREMAP_FIXED) {
        va_list arguments;
        va_start(arguments, flags);
        target = va_arg(arguments, void *);
        va_end(arguments);
    }
    void *result = REAL_GET(mremap)(address, old_bytes, new_bytes, flags, target);
    if (result == MAP_FAILED)
        return result;
    if (result != address)
        ending_mapping(address, old_bytes, GIVEN_BACK);
    else if (new_bytes < old_bytes)
        ending_mapping((char *)address + new_bytes, old_bytes - new_bytes, GIVEN_BACK);
    if (target)
        ending_mapping(target, new_bytes, GIVEN_BACK);
    return result;
}

/* Without a C++ library in sight operator delete is free(), as it is in that library. */
#define DELETE(name, memory, REAL_ARGUMENTS)                                                       \
    do {                                                                                           \
        if (__builtin_expect(must_look(memory), 0))                                                \
            ending_block(memory, "operator delete", CALLER);                                       \
        if (REAL(name))                                                                            \
            REAL(name) REAL_ARGUMENTS;                                                             \
        else                                                                                       \
            REAL_GET(free)(memory);                                                                \
    } while (0)

void _ZdlPv(void *memory);
void _ZdaPv(void *memory);
void _ZdlPvm(void *memory, size_t bytes);
void _ZdaPvm(void *memory, size_t bytes);
void _ZdlPvSt11align_val_t(void *memory, size_t alignment);
void _ZdaPvSt11align_val_t(void *memory, size_t alignment);
void _ZdlPvmSt11align_val_t(void *memory, size_t bytes, size_t alignment);
void _ZdaPvmSt11align_val_t(void *memory, size_t bytes, size_t alignment);
void _ZdlPvRKSt9nothrow_t(void *memory, const void *nothrow);
void _ZdaPvRKSt9nothrow_t(void *memory, const void *nothrow);

EXPORTED void _ZdlPv(void *memory)
{
    DELETE(_ZdlPv, memory, (memory));
}

EXPORTED void _ZdaPv(void *memory)
{
    DELETE(_ZdaPv, memory, (memory));
}

EXPORTED void _ZdlPvm(void *memory, size_t bytes)
{
    DELETE(_ZdlPvm, memory, (memory, bytes));
}

EXPORTED void _ZdaPvm(void *memory, size_t bytes)
{
    DELETE(_ZdaPvm, memory, (memory, bytes));
}

EXPORTED void _ZdlPvSt11align_val_t(void *memory, size_t alignment)
{
    DELETE(_ZdlPvSt11align_val_t, memory, (memory, alignment));
}

EXPORTED void _ZdaPvSt11align_val_t(void *memory, size_t alignment)
{
    DELETE(_ZdaPvSt11align_val_t, memory, (memory, alignment));
}

EXPORTED void _ZdlPvmSt11align_val_t(void *memory, size_t bytes, size_t alignment)
{
    DELETE(_ZdlPvmSt11align_val_t, memory, (memory, bytes, alignment));
}

EXPORTED void _ZdaPvmSt11align_val_t(void *memory, size_t bytes, size_t alignment)
{
    DELETE(_ZdaPvmSt11align_val_t, memory, (memory, bytes, alignment));
}

EXPORTED void _ZdlPvRKSt9nothrow_t(void *memory, const void *nothrow)
{
    DELETE(_ZdlPvRKSt9nothrow_t, memory, (memory, nothrow));
}

EXPORTED void _ZdaPvRKSt9nothrow_t(void *memory, const void *nothrow)
{
    DELETE(_ZdaPvRKSt9nothrow_t, memory, (memory, nothrow));
}
