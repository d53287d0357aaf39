/* dlclose: the static locks of a module that is gone have ended; what is loaded there next brings
 * its own. */
#include "shim/hook/hook.h"

#include <errno.h>

#include "shim/capture/module.h"
#include "shim/platform/foreign.h"

static void retire_module(uintptr_t start, uintptr_t end)
{
    lock_table_retire_range(start, end);
}

EXPORTED int dlclose(void *handle);
EXPORTED int dlclose(void *handle)
{
    int result = REAL_GET(dlclose)(handle);
    if (result == 0)
        foreign_forget();
    struct shim_thread *self = result == 0 ? thread_enter() : NULL;
    if (self) {
        int saved_errno = errno;
        thread_guard(self, (uintptr_t)__builtin_frame_address(0));
        module_forget_unloaded(retire_module);
        thread_unguard(self);
        errno = saved_errno;
    }
    return result;
}
