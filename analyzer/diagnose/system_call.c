#include "analyzer/diagnose/system_call.h"

#include <inttypes.h>
#include <sys/syscall.h>

const char *system_call_name(struct arena *arena, int64_t number)
{
    switch (number) {
#define SYSTEM_CALL(name)                                                                          \
    case SYS_##name:                                                                               \
        return #name "()";
#include "analyzer/diagnose/system_calls.def"
#undef SYSTEM_CALL
    default:
        return arena_printf(arena, "system call %" PRId64, number);
    }
}
