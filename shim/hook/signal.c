/* sigaction and its elders: from the first handler on, of whatever signal, the shim
 * blocks signals while it holds locks of its own. What a handler then does is seen by its hooks. */
#include "shim/hook/hook.h"

#include <signal.h>

#include "shim/platform/inner_lock.h"

static void expect_handlers(sighandler_t handler)
{
    if (handler != SIG_DFL && handler != SIG_IGN)
        inner_quiet_needed = true;
}

EXPORTED int sigaction(int number, const struct sigaction *action, struct sigaction *old)
{
    if (action)
        expect_handlers(action->sa_handler); /* of one place with sa_sigaction */
    return REAL_GET(sigaction)(number, action, old);
}

#define SETTING(name)                                                                              \
    EXPORTED sighandler_t name(int number, sighandler_t handler)                                   \
    {                                                                                              \
        expect_handlers(handler);                                                                  \
        return REAL_GET(name)(number, handler);                                                    \
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
