/* Three processes in a ring: each holds one process-shared mutex and wants the next one's.
 * verdict: deadlock
 * threads: 3
 * wait: in=take_0
 * wait: in=take_1
 * wait: in=take_2 */
#include "tests/live/live.h"
#include "tests/programs/processes.h"

enum { COUNT = 3 };

struct ring {
    int arrived;
    pthread_mutex_t mutexes[COUNT];
};

static struct ring *ring;

static NOINLINE void take(int number)
{
    int next = (number + 1) % COUNT;
    int first = is_fixed && next < number ? next : number;

    lock(&ring->mutexes[first]);
    __atomic_add_fetch(&ring->arrived, 1, __ATOMIC_SEQ_CST);
    while (!is_fixed && __atomic_load_n(&ring->arrived, __ATOMIC_SEQ_CST) < COUNT)
        usleep(50);
    lock(&ring->mutexes[first == number ? next : number]);
    unlock(&ring->mutexes[next]);
    unlock(&ring->mutexes[number]);
}

static NOINLINE void take_0(void)
{
    take(0);
    __atomic_add_fetch(&ring->arrived, 1, __ATOMIC_SEQ_CST);
}

static NOINLINE void take_1(void)
{
    take(1);
    __atomic_add_fetch(&ring->arrived, 1, __ATOMIC_SEQ_CST);
}

static NOINLINE void take_2(void)
{
    take(2);
    __atomic_add_fetch(&ring->arrived, 1, __ATOMIC_SEQ_CST);
}

int main(int argc, char **argv)
{
    const body_function parts[COUNT] = {take_0, take_1, take_2};
    pid_t children[COUNT];

    begin(argc, argv);
    ring = mmap(NULL, sizeof *ring, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    must_be(ring != MAP_FAILED, "mmap");
    for (int i = 0; i < COUNT; i++)
        must(pthread_mutex_init(&ring->mutexes[i], process_shared()), "pthread_mutex_init");
    for (int i = 1; i < COUNT; i++) {
        children[i] = fork();
        must_be(children[i] >= 0, "fork");
        if (children[i] == 0) {
            parts[i]();
            exit(0);
        }
    }
    parts[0]();
    for (int i = 1; i < COUNT; i++)
        end_well(children[i]);
    return end();
}
