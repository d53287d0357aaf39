/* No signal handler runs on a thread that holds an inner lock, however they are nested, and the
 * program's own mask comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>

#include "shim/platform/inner_lock.h"

static struct inner_lock first, second;
static volatile sig_atomic_t handled, handled_while_held;

static void handle(int number)
{
    (void)number;
    handled++;
    handled_while_held += inner_quiet.locks != 0;
}

static bool is_blocked(int number)
{
    sigset_t now;
    sigprocmask(SIG_SETMASK, NULL, &now);
    return sigismember(&now, number);
}

static void blocks_signals_from_the_first_lock_to_the_last(void **state)
{
    (void)state;
    inner_lock_acquire(&first);
    inner_lock_acquire(&second);
    inner_lock_release(&first);
    assert_true(is_blocked(SIGUSR1));
    raise(SIGUSR1);
    assert_int_equal(handled, 0);
    inner_lock_release(&second);
    assert_int_equal(handled, 1);
    assert_int_equal(handled_while_held, 0);
    assert_false(is_blocked(SIGUSR1));
}

static void stays_quiet_until_the_guard_is_left(void **state)
{
    (void)state;
    inner_quiet_keep();
    assert_false(is_blocked(SIGUSR1));
    inner_lock_acquire(&first);
    inner_lock_release(&first);
    assert_true(is_blocked(SIGUSR1));
    inner_lock_acquire(&second);
    inner_lock_release(&second);
    inner_quiet_leave();
    assert_false(is_blocked(SIGUSR1));
}

static void restores_the_mask_of_the_program(void **state)
{
    sigset_t own, old;
    (void)state;
    sigemptyset(&own);
    sigaddset(&own, SIGUSR2);
    sigprocmask(SIG_BLOCK, &own, &old);
    inner_quiet_enter();
    assert_true(is_blocked(SIGUSR1));
    inner_quiet_leave();
    assert_true(is_blocked(SIGUSR2));
    assert_false(is_blocked(SIGUSR1));
    sigprocmask(SIG_SETMASK, &old, NULL);
}

static void leaves_faults_to_the_program(void **state)
{
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS};
    (void)state;
    inner_lock_acquire(&first);
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
        assert_false(is_blocked(faults[i]));
    inner_lock_release(&first);
}

static void leaves_the_mask_alone_without_handlers(void **state)
{
    (void)state;
    inner_quiet_needed = false;
    inner_lock_acquire(&first);
    assert_false(is_blocked(SIGUSR1));
    inner_lock_release(&first);
    inner_quiet_needed = true;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_signals_from_the_first_lock_to_the_last),
        cmocka_unit_test(stays_quiet_until_the_guard_is_left),
        cmocka_unit_test(restores_the_mask_of_the_program),
        cmocka_unit_test(leaves_faults_to_the_program),
        cmocka_unit_test(leaves_the_mask_alone_without_handlers),
    };
    signal(SIGUSR1, handle);
    inner_quiet_needed = true;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
