/* The program replaces itself; the inversion is in the second image, one of its orders in the
 * first.
 * processes: 2
 * verdict: finding locks=lock_a,lock_b process=2
 * step: holds=lock_a requests=lock_b in=a_then_b
 * step: holds=lock_b requests=lock_a in=b_then_a */
#include "tests/programs/support.h"

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;

static void a_then_b(void)
{
    nest(&lock_a, &lock_b);
}

static void b_then_a(void)
{
    nest(&lock_b, &lock_a);
}

int main(int argc, char **argv)
{
    if (argc == 1) {
        RUN_IN_TURN(b_then_a, b_then_a);
        execl("/proc/self/exe", argv[0], "again", (char *)NULL);
        return EXIT_FAILURE;
    }
    RUN_IN_TURN(a_then_b, b_then_a);
    puts("done");
    return 0;
}
