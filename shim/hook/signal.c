/* sigaction and its elders: from the first handler on, of whatever signal, the shim
 * blocks signals while it holds locks of its own. What a handler then does is seen by its hooks;
 * how it is called is remembered, for signal_hazard.h. */
#include "shim/hook/hook.h"

#include <errno.h>
#include <signal.h>

#include "shim/core/signal_hazard.h"
#include "shim/platform/inner_lock.h"

static void expect_handlers(sighandler_t handler)
{
    if (handler != SIG_DFL && handler != SIG_IGN)
        inner_quiet_needed = true;
}

/* As the elders say it, and the C library has done it. */
static void note_installed(int number)
{
    struct sigaction action;
    int saved_errno = errno;
    if (REAL_GET(sigaction)(number, NULL, &action) == 0)
        signal_hazard_installed(number, &action);
    errno = saved_errno;
}

EXPORTED int sigaction(int number, const struct sigaction *action, struct sigaction *old)
{
    if (action)
        expect_handlers(action->sa_handler); /* of one place with sa_sigaction */
    int result = REAL_GET(sigaction)(number, action, old);
    if (action && result == 0)
        note_installed(number);
    return result;
}

#define SETTING(name)                                                                              \
    EXPORTED sighandler_t name(int number, sighandler_t handler)                                   \
    {                                                                                              \
        expect_handlers(handler);                                                                  \
        sighandler_t before = REAL_GET(name)(number, handler);                                     \
        note_installed(number);                                                                    \
        return before;                                                                             \
    }

sighandler_t bsd_signal(int number, sighandler_t handler);
sighandler_t sysv_signal(int number, sighandler_t handler);
sighandler_t __sysv_signal(int number, sighandler_t handler);

SETTING(signal)
SETTING(bsd_signal)
SETTING(ssignal)
SETTING(sysv_signal)
SETTING(__sysv_signal)
SETTING(sigset)
