/* Two who put and two who take out, each pair under a mutex of its own while it waits for room or
 * for items: there is always the one or the other.
 * rule: none */
#include "tests/latent/latent.h"

static pthread_mutex_t putting = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t getting = PTHREAD_MUTEX_INITIALIZER;
static sem_t room, items;

static void put(void)
{
    lock(&putting);
    take(&room);
    post(&items);
    unlock(&putting);
}

static void get(void)
{
    lock(&getting);
    take(&items);
    post(&room);
    unlock(&getting);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    init_semaphore(&room, 1);
    init_semaphore(&items, 0);
    RUN_IN_TURN(put, get, put, get);
    puts("done");
    return 0;
}
