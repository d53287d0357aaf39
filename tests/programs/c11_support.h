/* C11 threads that act in turn, as support.h has them for pthreads. */
#ifndef UNKNOT_TESTS_PROGRAMS_C11_SUPPORT_H
#define UNKNOT_TESTS_PROGRAMS_C11_SUPPORT_H

#include <threads.h>
#include "tests/programs/support.h"

static inline int run_body_c11(void *argument)
{
    run_body(argument);
    return 0;
}

static inline void run_in_turn_c11(const body_function *bodies, size_t count)
{
    static struct body slots[MOST_BODIES];
    thrd_t threads[MOST_BODIES];
    int first = __atomic_load_n(&turns_ended, __ATOMIC_SEQ_CST);

    must_be(count <= MOST_BODIES, "few enough bodies");
    for (size_t i = 0; i < count; i++) {
        slots[i].run = bodies[i];
        slots[i].turn = first + (int)i;
        must_be(thrd_create(&threads[i], run_body_c11, &slots[i]) == thrd_success, "thrd_create");
    }
    for (size_t i = 0; i < count; i++)
        must_be(thrd_join(threads[i], NULL) == thrd_success, "thrd_join");
}

#define RUN_IN_TURN_C11(...)                                                                       \
    do {                                                                                           \
        const body_function bodies_[] = {__VA_ARGS__};                                             \
        run_in_turn_c11(bodies_, sizeof bodies_ / sizeof bodies_[0]);                              \
    } while (0)

static inline void nest_c11(mtx_t *outer, mtx_t *inner)
{
    must_be(mtx_lock(outer) == thrd_success, "lock the outer mutex");
    must_be(mtx_lock(inner) == thrd_success, "lock the inner mutex");
    must_be(mtx_unlock(inner) == thrd_success, "unlock the inner mutex");
    must_be(mtx_unlock(outer) == thrd_success, "unlock the outer mutex");
}

#endif
