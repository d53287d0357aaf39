/* Spinlocks taken in place and block sizes read in place agree with the C library's functions. */
#include "tests/unit/shim/random.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>

#include "shim/platform/block_size.h"
#include "shim/platform/plain_spin.h"

static void spinlocks_change_hands_with_the_real_functions(void **state)
{
    pthread_spinlock_t spin;
    (void)state;
    pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
    assert_false(plain_spin_take(&spin)); /* not before the start */
    assert_false(plain_spin_give_back(&spin));
    plain_spin_start();
    assert_int_equal(plain_spin_free, PLAIN_SPIN_FREE);
    assert_true(plain_spin_take(&spin));
    assert_int_equal(pthread_spin_trylock(&spin), EBUSY);
    assert_int_equal(pthread_spin_unlock(&spin), 0);
    assert_int_equal(pthread_spin_lock(&spin), 0);
    assert_false(plain_spin_take(&spin));
    assert_true(plain_spin_give_back(&spin));
    assert_int_equal(pthread_spin_trylock(&spin), 0);
}

static void blocks_of_any_size_tell_it(void **state)
{
    struct random random = random_from(3);
    (void)state;
    block_size_start();
    assert_true(block_size_is_before);
    for (random.step = 0; random.step < 20000; random.step++) {
        size_t bytes = (size_t)1 << random_below(&random, 22);
        void *volatile block = random_once_in(&random, 4)
                                   ? aligned_alloc(4096, 4096)
                                   : malloc(bytes + random_below(&random, (uint32_t)bytes));
        assert_non_null(block);
        assert_agrees(&random, block_size(block) == malloc_usable_size(block));
        free(block);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spinlocks_change_hands_with_the_real_functions),
        cmocka_unit_test(blocks_of_any_size_tell_it),
    };
    real_resolve();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
