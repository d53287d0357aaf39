/* mremap moves memory to where locks were: those ended, and the ones that came are others.
 * verdict: clean */
#include <sys/mman.h>
#include "tests/programs/support.h"

enum { BYTES = 4096 };

struct pair {
    pthread_mutex_t a, b;
};

static struct pair *first, *second;

static struct pair *map_pair(void)
{
    struct pair *pair = (struct pair *)mmap(NULL, BYTES, PROT_READ | PROT_WRITE,
                                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    must_be(pair != MAP_FAILED, "mmap");
    return pair;
}

static void a_then_b(void)
{
    nest(&first->a, &first->b);
}

/* Memory of zeros holds mutexes as a static initialiser leaves them. */
static void move(void)
{
    must_be(mremap(second, BYTES, BYTES, MREMAP_MAYMOVE | MREMAP_FIXED, first) == first, "mremap");
}

static void b_then_a(void)
{
    nest(&first->b, &first->a);
}

int main(void)
{
    first = map_pair();
    second = map_pair();
    RUN_IN_TURN(a_then_b, move, b_then_a);
    return 0;
}
