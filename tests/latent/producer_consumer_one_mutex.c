/* The textbook's mistake: who puts something in waits for room inside the mutex that who takes it
 * out needs. In this run there always was room.
 * rule: semaphore-under-lock
 * wait: holds=buffer wants=room in=put
 * wait: wants=buffer in=get */
#include "tests/latent/latent.h"

static pthread_mutex_t buffer = PTHREAD_MUTEX_INITIALIZER;
static sem_t room, items;

static void put(void)
{
    for (int i = 0; i < 2; i++) {
        wait_for_turn(2 * i);
        if (is_clean)
            take(&room);
        lock(&buffer);
        if (!is_clean)
            take(&room);
        unlock(&buffer);
        post(&items);
        end_turn();
    }
}

static void get(void)
{
    for (int i = 0; i < 2; i++) {
        wait_for_turn(2 * i + 1);
        take(&items);
        pass_through(&buffer);
        post(&room);
        end_turn();
    }
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    init_semaphore(&room, 1);
    init_semaphore(&items, 0);
    RUN_TOGETHER(put, get);
    puts("done");
    return 0;
}
