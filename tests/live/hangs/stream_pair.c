/* Two streams, locked in both orders.
 * verdict: deadlock
 * threads: 2
 * wait: thread=main in=b_then_a
 * wait: in=a_then_b */
#include "tests/live/live.h"

static FILE *stream_a, *stream_b;

static void hold_both(FILE *outer, FILE *inner)
{
    flockfile(outer);
    meet(2);
    flockfile(inner);
    funlockfile(inner);
    funlockfile(outer);
}

static NOINLINE void a_then_b(void)
{
    hold_both(stream_a, stream_b);
}

static NOINLINE void b_then_a(void)
{
    if (is_fixed)
        a_then_b();
    else
        hold_both(stream_b, stream_a);
}

static FILE *open_stream(void)
{
    FILE *stream = fopen("/dev/null", "w");

    must_be(stream != NULL, "fopen");
    return stream;
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    stream_a = open_stream();
    stream_b = open_stream();
    RUN_TOGETHER(a_then_b, b_then_a);
    return end();
}
