/* A daemon's start: fork, setsid, fork, every descriptor closed, the parents gone, then threads and
 * locks. What the daemon saw comes back through a file. */
#include "tests/invisible/fact.h"

#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t other = PTHREAD_MUTEX_INITIALIZER;

static int lock_both(void *unused)
{
    (void)unused;
    FACT_RESULT(0, pthread_mutex_lock(&other));
    FACT_RESULT(EBUSY, pthread_mutex_trylock(&held));
    FACT_RESULT(0, pthread_mutex_unlock(&other));
    return 5;
}

static void be_daemon(void)
{
    for (int descriptor = 0; descriptor < 1024; descriptor++)
        close(descriptor);
    fact_descriptor = open("said", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    FACT_VALUE(0, fact_descriptor);
    FACT_VALUE(5, fact_elsewhere(lock_both, NULL));
    FACT_RESULT(0, pthread_mutex_unlock(&held));
    FACT_VALUE(1, getsid(0) != getpid());
    fact_say("daemon ends");
    _exit(fact_status());
}

static void start_daemon(void)
{
    setsid();
    pid_t daemon = fork();
    if (daemon == 0)
        be_daemon();
    _exit(daemon < 0);
}

/* The daemon is nobody's child: a pipe that only it keeps open until then tells its end. */
static void wait_for_daemon(int end)
{
    char byte;
    while (read(end, &byte, 1) > 0)
        ;
    close(end);
}

static void repeat_what_it_said(void)
{
    char text[2048];
    int file = open("said", O_RDONLY);
    ssize_t bytes = file < 0 ? -1 : read(file, text, sizeof text - 1);
    text[bytes < 0 ? 0 : bytes] = '\0';
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"))
        fact_say("daemon: %s", line);
    close(file);
}

int main(void)
{
    int ends[2];
    FACT_RESULT(0, pthread_mutex_lock(&held));
    FACT_CALL(0, pipe(ends));
    FACT_CALL(0, fcntl(ends[1], F_DUPFD, 2000) == 2000 ? 0 : -1);
    pid_t child = fork();
    if (child == 0)
        start_daemon();
    close(ends[1]);
    close(2000);
    fact_child_end("first child", child);
    FACT_RESULT(0, pthread_mutex_unlock(&held));
    wait_for_daemon(ends[0]);
    repeat_what_it_said();
    FACT_CALL(0, unlink("said"));
    return fact_status();
}
