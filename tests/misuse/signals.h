/* Signal handlers for the programs of misuse that have some. */
#ifndef UNKNOT_TESTS_MISUSE_SIGNALS_H
#define UNKNOT_TESTS_MISUSE_SIGNALS_H

#include <signal.h>

#include "tests/misuse/misuse.h"

static inline void handle_by(int number, void (*handler)(int), int flags)
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = flags;
    must(sigaction(number, &action, NULL), "sigaction");
}

/* While this handler runs, no other does. */
static inline void handle_alone_by(int number, void (*handler)(int))
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    sigfillset(&action.sa_mask);
    must(sigaction(number, &action, NULL), "sigaction");
}

static inline void mask(int how, int number)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, number);
    must(pthread_sigmask(how, &set, NULL), "pthread_sigmask");
}

#endif
