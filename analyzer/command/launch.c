#include "analyzer/command/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define KILL_AFTER_MS 5000

/* What this process changes of its signals while it waits, to be put back in the child. */
struct signal_state {
    sigset_t mask;
    struct sigaction interrupt, quit, child;
};

static sigset_t waited_signals(void)
{
    sigset_t waited;
    sigemptyset(&waited);
    sigaddset(&waited, SIGCHLD);
    sigaddset(&waited, SIGTERM);
    sigaddset(&waited, SIGHUP);
    return waited;
}

static void signals_take_over(struct signal_state *before)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction standard = {.sa_handler = SIG_DFL};
    sigset_t waited = waited_signals();
    sigprocmask(SIG_BLOCK, &waited, &before->mask);
    sigaction(SIGINT, &ignore, &before->interrupt);
    sigaction(SIGQUIT, &ignore, &before->quit);
    /* An inherited SIG_IGN would take the child's status away from waitpid. */
    sigaction(SIGCHLD, &standard, &before->child);
}

static void signals_restore(const struct signal_state *before)
{
    sigaction(SIGINT, &before->interrupt, NULL);
    sigaction(SIGQUIT, &before->quit, NULL);
    sigaction(SIGCHLD, &before->child, NULL);
    sigprocmask(SIG_SETMASK, &before->mask, NULL);
}

/* The library's options are separated by ':', its patterns start with '%'. */
static const char *escape_option(struct arena *arena, const char *value)
{
    char *result = arena_alloc(arena, strlen(value) * 2 + 1, 1);
    char *end = result;
    for (; *value != '\0'; value++) {
        if (*value == ':' || *value == '\\') {
            *end++ = '\\';
        } else if (*value == '%') {
            *end++ = '%';
        }
        *end++ = *value;
    }
    return result;
}

static const char *add_option(struct arena *arena, const char *options, const char *name,
                              const char *value)
{
    return value == NULL ? options : arena_printf(arena, "%s:%s=%s", options, name, value);
}

static const char *library_options(struct arena *arena, const struct launch *launch)
{
    const char *inherited = getenv("UNKNOT_OPTIONS");
    const char *options =
        arena_printf(arena, "record=%s/%%n.%%p.%%x.rec:exit_report=0:on_deadlock=%s",
                     escape_option(arena, launch->data_directory), launch->on_deadlock);
    options = arena_printf(arena, "%s:deadlock_status=%u", options, launch->deadlock_status);
    options = add_option(arena, options, "misuse", launch->misuse);
    options = add_option(arena, options, "events", launch->events);
    options = add_option(arena, options, "times", launch->times);
    options = add_option(arena, options, "perturb", launch->perturb);
    options = add_option(arena, options, "end_suspected", launch->end_suspected);
    options = add_option(arena, options, "plan",
                         launch->plan != NULL ? escape_option(arena, launch->plan) : NULL);
    bool has_inherited = inherited != NULL && inherited[0] != '\0';
    return arena_printf(arena, "%s%s%s", options, has_inherited ? ":" : "",
                        has_inherited ? inherited : "");
}

/* False when the environment has no room. */
static bool set_environment(struct arena *arena, const struct launch *launch)
{
    const char *preload = getenv("LD_PRELOAD");
    bool has_preload = preload != NULL && preload[0] != '\0';
    const char *libraries = arena_printf(arena, "%s%s%s", launch->library, has_preload ? ":" : "",
                                         has_preload ? preload : "");
    return setenv("UNKNOT_OPTIONS", library_options(arena, launch), 1) == 0 &&
           setenv("LD_PRELOAD", libraries, 1) == 0;
}

/* Its descriptors 0 to 2; false when the file for what it writes cannot be made. */
static bool redirect(const char *output)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    int file = open(output, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (file < 0 || null < 0 || dup2(file, STDOUT_FILENO) < 0 || dup2(file, STDERR_FILENO) < 0) {
        return false;
    }
    return lseek(STDIN_FILENO, 0, SEEK_SET) == 0 || dup2(null, STDIN_FILENO) == STDIN_FILENO;
}

static bool set_place(const struct launch *launch)
{
    return (launch->directory == NULL || chdir(launch->directory) == 0) &&
           (launch->output == NULL || redirect(launch->output));
}

/* In the child. Does not return; tells errno through `report` when exec fails. */
static void __attribute__((noreturn)) child_main(struct arena *arena, const struct launch *launch,
                                                 const struct signal_state *before, int report)
{
    int error = ENOMEM;
    signals_restore(before);
    if (!set_place(launch)) {
        error = errno;
    } else if (launch->library == NULL || set_environment(arena, launch)) {
        execvp(launch->path, launch->arguments);
        error = errno;
    }
    ssize_t written = write(report, &error, sizeof error);
    _exit(written == sizeof error ? 126 : 125);
}

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Waits for a signal until `deadline_ms` (0: for ever); 0 when it has passed. */
static int wait_signal(uint64_t deadline_ms)
{
    sigset_t waited = waited_signals();
    uint64_t now = now_ms();
    uint64_t left_ms = deadline_ms > now ? deadline_ms - now : 0;
    struct timespec left = {(time_t)(left_ms / 1000), (long)(left_ms % 1000) * 1000000};
    int signal = sigtimedwait(&waited, NULL, deadline_ms == 0 ? NULL : &left);
    return signal > 0 ? signal : errno == EAGAIN ? 0 : -1;
}

/* A terminal that hangs up, like a group kill, reaches the program itself: only what was sent to
 * this process alone has to be passed on, and sending twice does no harm. */
static int wait_for(pid_t child, uint64_t timeout_ms, struct launch_result *result)
{
    uint64_t deadline = timeout_ms != 0 ? now_ms() + timeout_ms : 0;
    int status;
    while (waitpid(child, &status, WNOHANG) != child) {
        int signal = wait_signal(deadline);
        if (signal == SIGTERM || signal == SIGHUP) {
            kill(child, signal);
            result->stopped = true;
        } else if (signal == 0) {
            kill(child, result->timed_out ? SIGKILL : SIGTERM);
            deadline = result->timed_out ? 0 : now_ms() + KILL_AFTER_MS;
            result->timed_out = true;
        }
    }
    result->stopped |=
        WIFSIGNALED(status) && (WTERMSIG(status) == SIGINT || WTERMSIG(status) == SIGQUIT);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

bool launch_and_wait(struct arena *arena, const struct launch *launch, struct launch_result *result)
{
    int report[2];
    struct signal_state before;
    if (pipe2(report, O_CLOEXEC) != 0) {
        return false;
    }
    signals_take_over(&before);
    pid_t child = fork();
    int error = errno;
    if (child == 0) {
        child_main(arena, launch, &before, report[1]);
    }
    close(report[1]);
    if (child > 0) {
        memset(result, 0, sizeof *result);
        if (read(report[0], &result->exec_error, sizeof result->exec_error) !=
            sizeof result->exec_error) {
            result->exec_error = 0;
        }
        result->status = wait_for(child, launch->timeout_ms, result);
    }
    close(report[0]);
    signals_restore(&before);
    errno = error;
    return child > 0;
}
