#include "analyzer/model/python_lock.h"

#include <string.h>

/* What the names of their files begin with. */
static const char *const modules[] = {"python3", "libpython3", "_multiprocessing."};

bool python_lock_is_one(const struct execution *execution, const struct lock *lock)
{
    uint32_t birth = lock->init_stack != 0 ? lock->init_stack : lock->first_stack;
    const struct stack *stack = execution_find_stack(execution, birth);
    const struct module *module =
        stack != NULL && stack->frame_count != 0
            ? execution_find_module(execution, TRACE_CODE_MODULE(stack->frames[0]))
            : NULL;
    const char *slash = module != NULL ? strrchr(module->path, '/') : NULL;

    for (size_t i = 0; slash != NULL && i < sizeof modules / sizeof modules[0]; i++) {
        if (strncmp(slash + 1, modules[i], strlen(modules[i])) == 0)
            return true;
    }
    return false;
}
