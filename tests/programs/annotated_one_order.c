/* Annotated locks in one order only, and what does not wait in the other: a try, a timed request
 * that is not granted, readers, a recursive lock taken again.
 * verdict: clean dismissed=trylock,timed,readers */
#include "include/unknot/unknot.h"
#include "tests/programs/support.h"

static char first, second; /* locks beside each other, a byte each */

static void acquire(char *lock, unsigned mode)
{
    unknot_lock_requested(lock, mode);
    unknot_lock_acquired(lock, mode);
}

static void first_then_second(void)
{
    acquire(&first, UNKNOT_WRITE);
    acquire(&second, UNKNOT_WRITE);
    unknot_lock_released(&second);
    unknot_lock_released(&first);
}

static void second_then_first_for_a_time(void)
{
    acquire(&second, UNKNOT_WRITE);
    unknot_lock_requested(&first, UNKNOT_TIMED);
    unknot_lock_not_acquired(&first);
    unknot_lock_released(&second);
}

static char third, fourth;

static void third_then_fourth(void)
{
    acquire(&third, UNKNOT_WRITE);
    acquire(&fourth, UNKNOT_WRITE);
    unknot_lock_released(&fourth);
    unknot_lock_released(&third);
}

static void fourth_then_try_third(void)
{
    acquire(&fourth, UNKNOT_WRITE);
    unknot_lock_acquired(&third, UNKNOT_TRY);
    unknot_lock_released(&third);
    unknot_lock_released(&fourth);
}

static char table_a, table_b;

static void read_a_then_b(void)
{
    acquire(&table_a, UNKNOT_READ);
    acquire(&table_b, UNKNOT_READ);
    unknot_lock_released(&table_b);
    unknot_lock_released(&table_a);
}

static void read_b_then_a(void)
{
    acquire(&table_b, UNKNOT_READ);
    acquire(&table_a, UNKNOT_READ);
    unknot_lock_released(&table_a);
    unknot_lock_released(&table_b);
}

static char again;

static void again_under_itself(void)
{
    unknot_lock_created(&again, UNKNOT_RECURSIVE);
    acquire(&again, UNKNOT_WRITE);
    acquire(&again, UNKNOT_WRITE);
    unknot_lock_acquired(&again, UNKNOT_TRY);
    for (int i = 0; i < 3; i++)
        unknot_lock_released(&again);
    unknot_lock_destroyed(&again);
}

int main(void)
{
    RUN_IN_TURN(first_then_second, second_then_first_for_a_time, third_then_fourth,
                fourth_then_try_third, read_a_then_b, read_b_then_a, again_under_itself);
    puts("done");
    return 0;
}
