/* fork, exec, exit: the process changes under the shim. vfork has no hook: a wrapper would return
 * twice through one stack frame. */
#include "shim/hook/hook.h"

#include <stdarg.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "shim/core/events.h"
#include "shim/core/lifecycle.h"

#define FORKING(CALL)                                                                              \
    misuse_of_held(MISUSE_HELD_ACROSS_FORK, NULL, __func__, CALLER);                               \
    lifecycle_fork_prepare();                                                                      \
    pid_t child = CALL;                                                                            \
    if (child == 0)                                                                                \
        lifecycle_fork_child();                                                                    \
    else                                                                                           \
        lifecycle_fork_parent(child);                                                              \
    return child

EXPORTED pid_t fork(void)
{
    FORKING(REAL_GET(fork)());
}

EXPORTED pid_t _Fork(void)
{
    FORKING(REAL_GET(_Fork)());
}

#define EXECUTING(CALL)                                                                            \
    misuse_of_held(MISUSE_HELD_ACROSS_EXEC, NULL, __func__, CALLER);                               \
    lifecycle_exec_begin();                                                                        \
    int result = CALL;                                                                             \
    lifecycle_exec_failed();                                                                       \
    return result

EXPORTED int execve(const char *path, char *const arguments[], char *const environment[])
{
    EXECUTING(REAL_GET(execve)(path, arguments, environment));
}

EXPORTED int execv(const char *path, char *const arguments[])
{
    EXECUTING(REAL_GET(execv)(path, arguments));
}

EXPORTED int execvp(const char *file, char *const arguments[])
{
    EXECUTING(REAL_GET(execvp)(file, arguments));
}

EXPORTED int execvpe(const char *file, char *const arguments[], char *const environment[])
{
    EXECUTING(REAL_GET(execvpe)(file, arguments, environment));
}

EXPORTED int fexecve(int fd, char *const arguments[], char *const environment[])
{
    EXECUTING(REAL_GET(fexecve)(fd, arguments, environment));
}

EXPORTED int execveat(int fd, const char *path, char *const arguments[], char *const environment[],
                      int flags)
{
    EXECUTING(REAL_GET(execveat)(fd, path, arguments, environment, flags));
}

/* The list forms: the C library's own end in calls no hook sees. */
#define COLLECT(first, arguments, last)                                                            \
    va_list list;                                                                                  \
    size_t count = 1;                                                                              \
    va_start(list, first);                                                                         \
    while (va_arg(list, char *))                                                                   \
        count++;                                                                                   \
    va_end(list);                                                                                  \
    char **arguments = __builtin_alloca((count + 1) * sizeof(char *));                             \
    va_start(list, first);                                                                         \
    arguments[0] = (char *)first;                                                                  \
    for (size_t i = 1; i <= count; i++)                                                            \
        arguments[i] = va_arg(list, char *);                                                       \
    last;                                                                                          \
    va_end(list)

EXPORTED int execl(const char *path, const char *first, ...)
{
    COLLECT(first, arguments, (void)0);
    EXECUTING(REAL_GET(execv)(path, arguments));
}

EXPORTED int execlp(const char *file, const char *first, ...)
{
    COLLECT(first, arguments, (void)0);
    EXECUTING(REAL_GET(execvp)(file, arguments));
}

EXPORTED int execle(const char *path, const char *first, ...)
{
    char **environment;
    COLLECT(first, arguments, environment = va_arg(list, char **));
    EXECUTING(REAL_GET(execve)(path, arguments, environment));
}

/* As in the C library, arguments that an option lacks are read all the same: all are registers. */
EXPORTED int prctl(int option, ...)
{
    unsigned long arguments[4];
    va_list list;
    va_start(list, option);
    for (int i = 0; i < 4; i++)
        arguments[i] = va_arg(list, unsigned long);
    va_end(list);
    bool confines = option == PR_SET_SECCOMP && arguments[0] == SECCOMP_MODE_STRICT;
    struct shim_thread *self = confines ? thread_enter() : NULL;
    if (option == PR_SET_SECCOMP || option == PR_SET_NO_NEW_PRIVS)
        events_confine();
    if (self)
        thread_guard(self, THREAD_CONFINED);
    int result = REAL_GET(prctl)(option, arguments[0], arguments[1], arguments[2], arguments[3]);
    if (self && result != 0)
        thread_unguard(self);
    return result;
}

EXPORTED _Noreturn void _exit(int status)
{
    lifecycle_exit(status);
    REAL_GET(_exit)(status);
    __builtin_unreachable();
}

EXPORTED _Noreturn void _Exit(int status)
{
    lifecycle_exit(status);
    REAL_GET(_Exit)(status);
    __builtin_unreachable();
}
