#include "tests/invisible/fact.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int fact_descriptor = 1;

static atomic_int wrong;

struct elsewhere {
    int (*call)(void *);
    void *object;
    int result;
};

/* write() is a cancellation point: stating a fact must not be one. */
static void put(int descriptor, const char *text, int length)
{
    int cancel_state;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
    if (write(descriptor, text, (size_t)length) != length)
        atomic_store(&wrong, 1);
    pthread_setcancelstate(cancel_state, NULL);
}

static void deny(const char *what, const char *expected)
{
    char line[256];
    int length = snprintf(line, sizeof line, "not as promised: %s should be %s\n", what, expected);
    atomic_store(&wrong, 1);
    put(2, line, length);
}

static const char *error_name(int error, char *number, size_t size)
{
    const char *name = strerrorname_np(error);
    if (name != NULL)
        return name;
    snprintf(number, size, "%d", error);
    return number;
}

void fact_say(const char *format, ...)
{
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line - 1, format, arguments);
    va_end(arguments);
    if (length > (int)sizeof line - 2)
        length = sizeof line - 2;
    line[length] = '\n';
    put(fact_descriptor, line, length + 1);
}

void fact_result(const char *what, int result, int expected, int errno_after)
{
    char got[16], wanted[16];
    if (errno_after == FACT_ERRNO)
        fact_say("%s = %s", what, error_name(result, got, sizeof got));
    else
        fact_say("%s = %s, errno became %d", what, error_name(result, got, sizeof got),
                 errno_after);
    if (result != expected || errno_after != FACT_ERRNO)
        deny(what, error_name(expected, wanted, sizeof wanted));
}

void fact_call(const char *what, long result, int expected, int errno_after)
{
    char got[16], wanted[16];
    int error = result == -1 ? errno_after : 0;
    fact_say("%s = %s%s", what, error_name(error, got, sizeof got),
             result != -1 && errno_after != FACT_ERRNO ? ", errno changed" : "");
    if (error != expected)
        deny(what, error_name(expected, wanted, sizeof wanted));
}

void fact_value(const char *what, long value, long expected)
{
    char wanted[32];
    fact_say("%s = %ld", what, value);
    snprintf(wanted, sizeof wanted, "%ld", expected);
    if (value != expected)
        deny(what, wanted);
}

int fact_status(void)
{
    return atomic_load(&wrong);
}

static void *run_elsewhere(void *argument)
{
    struct elsewhere *job = argument;
    errno = FACT_ERRNO;
    job->result = job->call(job->object);
    if (errno != FACT_ERRNO)
        fact_say("errno became %d in the other thread", errno);
    return NULL;
}

int fact_elsewhere(int (*call)(void *), void *object)
{
    struct elsewhere job = {call, object, -1};
    int before = errno;
    pthread_t thread;
    if (pthread_create(&thread, NULL, run_elsewhere, &job) != 0 || pthread_join(thread, NULL) != 0)
        abort();
    errno = before;
    return job.result;
}

void fact_wait_asleep(pid_t tid)
{
    char path[64], state = '?';
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", tid);
    while (state != 'S') {
        FILE *file = fopen(path, "re");
        if (file == NULL || fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
            abort();
        fclose(file);
        usleep(500);
    }
}

struct timespec fact_deadline(clockid_t clock, long milliseconds)
{
    struct timespec now;
    clock_gettime(clock, &now);
    long long ns = now.tv_sec * 1000000000LL + now.tv_nsec + milliseconds * 1000000LL;
    return (struct timespec){.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
}

int fact_child_end(const char *what, pid_t pid)
{
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) != pid) {
        fact_say("%s: no child", what);
        deny(what, "a child");
    } else if (WIFSIGNALED(status)) {
        fact_say("%s: signal %d", what, WTERMSIG(status));
    } else {
        fact_say("%s: exit %d", what, WEXITSTATUS(status));
    }
    return status;
}
