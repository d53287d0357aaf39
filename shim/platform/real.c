#include "shim/platform/real.h"

#include <dlfcn.h>
#include <string.h>
#include <stdatomic.h>
#include <string.h>

struct real_functions real_functions;

static const struct {
    void **slot;
    const char *name, *version;
} table[] = {
#define HOOK(result, name, parameters, version)                                                    \
    {(void **)(void *)&real_functions.name, #name, version},
#include "shim/hooks.def"
#undef HOOK
    {(void **)(void *)&real_functions.mremap, "mremap", ""},
    {(void **)(void *)&real_functions.prctl, "prctl", ""},
    {(void **)(void *)&real_functions.malloc_usable_size, "malloc_usable_size", ""},
};

/* Sizes mean something only from the allocator that made the block. */
static bool from_one_library(void *a, void *b)
{
    Dl_info info_a, info_b;
    return a && b && dladdr(a, &info_a) && dladdr(b, &info_b) &&
           info_a.dli_fbase == info_b.dli_fbase;
}

bool real_is_of_the_c_library(void *function)
{
    Dl_info info;
    if (!function || !dladdr(function, &info) || !info.dli_fname)
        return false;
    const char *slash = strrchr(info.dli_fname, '/');
    const char *name = slash ? slash + 1 : info.dli_fname;
    return strcmp(name, "libc.so.6") == 0 || strcmp(name, "libpthread.so.0") == 0;
}

/* dlsym allocates only to describe a failure. The functions an allocator itself may call come
 * first in the table and always exist, so by then a hook it enters already has its pointer. */
void real_resolve(void)
{
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (*table[i].slot)
            continue;
        void *found = table[i].version[0] ? dlvsym(RTLD_NEXT, table[i].name, table[i].version)
                                          : dlsym(RTLD_NEXT, table[i].name);
        __atomic_store_n(table[i].slot, found, __ATOMIC_RELEASE);
    }
    if (!from_one_library((void *)real_functions.free, (void *)real_functions.malloc_usable_size))
        real_functions.malloc_usable_size = NULL;
}
