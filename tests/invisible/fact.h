/* Facts: what a test program saw, one line each, the same with and without the shim.
 *
 * A fact is printed with one write() to fact_descriptor, so that fork never doubles it and closing
 * stdio does not lose it. A fact that is not what POSIX or glibc promises is also told on stderr
 * and turns fact_status() to 1: the native run must pass too, or the test itself is broken.
 *
 * Threads: every function may be called from any thread; nothing allocates.
 */
#ifndef TESTS_INVISIBLE_FACT_H
#define TESTS_INVISIBLE_FACT_H

#include <errno.h>
#include <sys/types.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What errno holds before a call that must leave it alone: no error number of the system. */
enum { FACT_ERRNO = 4242 };

/* Where facts go; 1 until a program moves it. */
extern int fact_descriptor;

/* For calls that return an error number: the result must be EXPECTED and errno untouched. */
#define FACT_RESULT(expected, call)                                                                \
    do {                                                                                           \
        errno = FACT_ERRNO;                                                                        \
        int fact_got = (call);                                                                     \
        fact_result(#call, fact_got, (expected), errno);                                           \
    } while (0)

/* For calls that return -1 and an errno: EXPECTED is 0 for success, else the error number. */
#define FACT_CALL(expected, call)                                                                  \
    do {                                                                                           \
        errno = FACT_ERRNO;                                                                        \
        long fact_got = (long)(call);                                                              \
        fact_call(#call, fact_got, (expected), errno);                                             \
    } while (0)

/* For any number that is known beforehand. */
#define FACT_VALUE(expected, expression) fact_value(#expression, (long)(expression), (expected))

void fact_result(const char *what, int result, int expected, int errno_after);
void fact_call(const char *what, long result, int expected, int errno_after);
void fact_value(const char *what, long value, long expected);
void fact_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
int fact_status(void);

/* Runs CALL(OBJECT) in a new thread and returns what it returned; errno there must stay. */
int fact_elsewhere(int (*call)(void *), void *object);

/* Returns once thread TID of this process sleeps in the kernel. */
void fact_wait_asleep(pid_t tid);

/* Now on CLOCK plus MILLISECONDS, which may be negative. */
struct timespec fact_deadline(clockid_t clock, long milliseconds);

/* Waits for child PID and says how it ended, as "exit 3" or "signal 6"; returns the wait status. */
int fact_child_end(const char *what, pid_t pid);

#ifdef __cplusplus
}
#endif

#endif
