/* Programs that close everything they did not open, as daemons do: afterwards the numbers start at
 * 3 again, locks and threads work, and nothing that was opened later is touched at exit. */
#include "tests/invisible/fact.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER, second = PTHREAD_MUTEX_INITIALIZER;

static int nest_locks(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&first);
    pthread_mutex_lock(&second);
    pthread_mutex_unlock(&second);
    return pthread_mutex_unlock(&first);
}

static void close_below(int end)
{
    for (int number = 3; number < end; number++)
        close(number);
}

static void close_by(const char *way)
{
    if (strcmp(way, "closefrom") == 0)
        closefrom(3);
    else if (strcmp(way, "close_range") == 0)
        FACT_CALL(0, close_range(3, ~0U, 0));
    else if (strcmp(way, "cloexec_range") == 0)
        FACT_CALL(0, close_range(3, ~0U, CLOSE_RANGE_CLOEXEC));
    else if (strcmp(way, "loop_4096") == 0)
        close_below(4096);
    else
        close_below((int)sysconf(_SC_OPEN_MAX));
}

static void open_and_list(int lowest)
{
    for (int i = 0; i < 5; i++)
        FACT_VALUE(lowest + i, open("/dev/null", O_RDONLY | O_CLOEXEC));
    for (int number = 0; number < 1024; number++)
        if (fcntl(number, F_GETFD) != -1)
            fact_say("  open: %d", number);
}

int main(int argc, char **arguments)
{
    const char *way = argc > 1 ? arguments[1] : "closefrom";
    int kept = strcmp(way, "cloexec_range") == 0;
    FACT_VALUE(0, fact_elsewhere(nest_locks, NULL));
    open_and_list(3);
    close_by(way);
    FACT_VALUE(0, fact_elsewhere(nest_locks, NULL));
    open_and_list(kept ? 8 : 3);
    close_by(way);
    pid_t child = fork();
    if (child == 0) {
        open_and_list(kept ? 13 : 3);
        _exit(fact_elsewhere(nest_locks, NULL));
    }
    FACT_VALUE(0, fact_child_end("child", child));
    FACT_VALUE(0, fact_elsewhere(nest_locks, NULL));
    return fact_status();
}
