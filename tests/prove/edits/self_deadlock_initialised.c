/* The same with a mutex that is initialised at run time.
 * complete: recursive-lock */
#include <pthread.h>
#include <stdio.h>

static pthread_mutex_t log_lock;

static void write_line(const char *line)
{
    pthread_mutex_lock(&log_lock);
    printf("%s\n", line);
    pthread_mutex_unlock(&log_lock);
}

int main(void)
{
    pthread_mutex_init(&log_lock, NULL);
    pthread_mutex_lock(&log_lock);
    write_line("one");
    pthread_mutex_unlock(&log_lock);
    pthread_mutex_destroy(&log_lock);
    return 0;
}
