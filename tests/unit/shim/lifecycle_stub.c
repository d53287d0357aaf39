/* Stands in for core/lifecycle.c: a test starts the parts it needs itself. */
#include "shim/core/lifecycle.h"

#include <stdlib.h>
#include <unistd.h>

#include "shim/core/thread.h"

struct shim_thread *thread_enter(void)
{
    struct shim_thread *self = thread_self;
    return self == &thread_nobody || self->busy ? NULL : self;
}

void lifecycle_start_early(uintptr_t address)
{
    (void)address;
}

void lifecycle_write(const struct text *text)
{
    text_write(text, STDERR_FILENO);
}

_Noreturn void lifecycle_end_program(void)
{
    abort();
}

/* Unknown: a stack is then the one frame a test asks for. */
bool lifecycle_main_stack(uintptr_t *high, uintptr_t *bytes)
{
    (void)high, (void)bytes;
    return false;
}

size_t lifecycle_default_stack(void)
{
    return 8 << 20;
}
