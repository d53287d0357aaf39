/* A stream's lock: recursive, tried in vain by others, waited for, given back in any way, and used
 * by stdio itself beneath; errno stays. */
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char text[256];
static FILE *stream;
static atomic_int tid;

static int try_stream(void *object)
{
    int result = ftrylockfile(object);
    if (result == 0)
        funlockfile(object);
    return result != 0;
}

static void *write_in_one_piece(void *unused)
{
    (void)unused;
    atomic_store(&tid, gettid());
    flockfile(stream);
    fputs("b", stream);
    flockfile(stream);
    putc_unlocked('b', stream);
    funlockfile(stream);
    fputs("b", stream);
    funlockfile(stream);
    return NULL;
}

int main(void)
{
    pthread_t thread;
    stream = fmemopen(text, sizeof text, "w");
    errno = FACT_ERRNO;
    flockfile(stream);
    FACT_VALUE(0, ftrylockfile(stream));
    FACT_VALUE(FACT_ERRNO, errno);
    FACT_VALUE(1, fact_elsewhere(try_stream, stream));
    pthread_create(&thread, NULL, write_in_one_piece, NULL);
    while (atomic_load(&tid) == 0)
        usleep(100);
    fact_wait_asleep(atomic_load(&tid));
    fputs("a", stream);
    errno = FACT_ERRNO;
    funlockfile(stream);
    FACT_VALUE(1, fact_elsewhere(try_stream, stream));
    putc_unlocked('a', stream);
    funlockfile(stream);
    FACT_VALUE(FACT_ERRNO, errno);
    FACT_RESULT(0, pthread_join(thread, NULL));
    FACT_VALUE(0, fact_elsewhere(try_stream, stream));
    FACT_CALL(0, fclose(stream));
    FACT_VALUE(0, strcmp(text, "aabbb"));
    return fact_status();
}
