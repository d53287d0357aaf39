/* A thread takes a mutex that it holds: this one hangs for sure.
 * complete: recursive-lock */
#include <pthread.h>
#include <stdio.h>

static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;

static void write_line(const char *line)
{
    pthread_mutex_lock(&log_lock);
    printf("%s\n", line);
    pthread_mutex_unlock(&log_lock);
}

int main(void)
{
    pthread_mutex_lock(&log_lock);
    write_line("one");
    write_line("two");
    pthread_mutex_unlock(&log_lock);
    return 0;
}
