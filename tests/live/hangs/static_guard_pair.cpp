/* Two static locals whose initialisers use each other, begun by two threads at once.
 * verdict: deadlock
 * threads: 2
 * wait: thread=main holds=*second wants=*first in=get_second
 * wait: holds=*first wants=*second in=get_first */
#include "tests/live/live.h"

static int get_second();

static int make_first()
{
    meet(2);
    return is_fixed ? 1 : get_second();
}

static NOINLINE int get_first()
{
    static int first = make_first();
    return first;
}

static int make_second()
{
    meet(2);
    return get_first() + 1;
}

static NOINLINE int get_second()
{
    static int second = make_second();
    return second;
}

static void use_first()
{
    must_be(get_first() == 1, "the first is made");
}

static void use_second()
{
    must_be(get_second() == 2, "the second is made");
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    RUN_TOGETHER(use_first, use_second);
    return end();
}
