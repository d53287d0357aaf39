/* Locks that a fix is for come and go: destroyed, initialised anew, freed while held, forked with.
 * Usage: lives SCENE. */
#include <errno.h>
#include <semaphore.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scene.h"

struct account {
    pthread_mutex_t lock;
    long balance;
};

pthread_mutex_t ledger = PTHREAD_MUTEX_INITIALIZER, other_ledger = PTHREAD_MUTEX_INITIALIZER;

static NOINLINE struct account *account_open(void)
{
    struct account *account = calloc(1, sizeof(*account));
    CHECK(account && pthread_mutex_init(&account->lock, NULL) == 0);
    return account;
}

static void *take_ledger(void *unused)
{
    (void)unused;
    CHECK(pthread_mutex_lock(&ledger) == 0);
    CHECK(pthread_mutex_unlock(&ledger) == 0);
    return NULL;
}

/* Another thread can have what is one lock with those that have ended. */
static void others_go_on(void)
{
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, take_ledger, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
}

static void use(struct account *account)
{
    CHECK(pthread_mutex_lock(&ledger) == 0);
    CHECK(pthread_mutex_lock(&account->lock) == 0);
    account->balance++;
    CHECK(pthread_mutex_unlock(&ledger) == 0);
    CHECK(pthread_mutex_unlock(&account->lock) == 0);
}

static void end_and_begin(void)
{
    for (int i = 0; i < 100; i++) {
        struct account *account = account_open();
        use(account);
        CHECK(pthread_mutex_destroy(&account->lock) == 0);
        CHECK(pthread_mutex_init(&account->lock, NULL) == 0);
        use(account);
        free(account);
    }
    others_go_on();
}

static void free_held(void)
{
    struct account *account = account_open();
    CHECK(pthread_mutex_lock(&account->lock) == 0);
    free(account);
    others_go_on();
}

static void init_held(void)
{
    struct account *account = account_open();
    CHECK(pthread_mutex_lock(&account->lock) == 0);
    CHECK(pthread_mutex_init(&account->lock, NULL) == 0);
    others_go_on();
    use(account);
    CHECK(pthread_mutex_lock(&account->lock) == 0);
    CHECK(pthread_mutex_unlock(&account->lock) == 0);
    free(account);
}

static void lock_both(void)
{
    CHECK(pthread_mutex_lock(&ledger) == 0);
    CHECK(pthread_mutex_lock(&other_ledger) == 0);
}

static void unlock_both(void)
{
    CHECK(pthread_mutex_unlock(&ledger) == 0);
    CHECK(pthread_mutex_unlock(&other_ledger) == 0);
}

static void init_both(void)
{
    CHECK(pthread_mutex_init(&ledger, NULL) == 0);
    CHECK(pthread_mutex_init(&other_ledger, NULL) == 0);
}

static flag is_held, is_over;

static void *hold_ledger(void *unused)
{
    (void)unused;
    CHECK(pthread_mutex_lock(&ledger) == 0);
    reached(&is_held);
    await(&is_over);
    CHECK(pthread_mutex_unlock(&ledger) == 0);
    return NULL;
}

/* The child has what the forking thread had, and can use the other locks. */
static void fork_and_use(bool is_taken)
{
    int status;
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        if (is_taken)
            CHECK(pthread_mutex_unlock(&other_ledger) == 0);
        CHECK(pthread_mutex_lock(&other_ledger) == 0);
        CHECK(pthread_mutex_unlock(&other_ledger) == 0);
        others_go_on();
        _exit(7);
    }
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

static void fork_held(void)
{
    CHECK(pthread_mutex_lock(&other_ledger) == 0);
    fork_and_use(true);
    CHECK(pthread_mutex_unlock(&other_ledger) == 0);
    others_go_on();
}

static void fork_with_handlers(void)
{
    CHECK(pthread_atfork(lock_both, unlock_both, unlock_both) == 0);
    fork_and_use(false);
    others_go_on();
}

static void fork_and_init(void)
{
    CHECK(pthread_atfork(lock_both, unlock_both, init_both) == 0);
    fork_and_use(false);
    others_go_on();
}

/* What a thread of the parent has is not there any more in the child. */
static void fork_while_held(void)
{
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, hold_ledger, NULL) == 0);
    await(&is_held);
    fork_and_use(false);
    reached(&is_over);
    CHECK(pthread_join(thread, NULL) == 0);
    lock_both();
    unlock_both();
}

sem_t ticket, other_ticket;

static void *post_ticket(void *unused)
{
    take_ledger(unused);
    CHECK(sem_post(&ticket) == 0);
    return NULL;
}

static void *post_other(void *unused)
{
    (void)unused;
    CHECK(sem_post(&other_ticket) == 0);
    return NULL;
}

/* Two semaphores that begin as locks and are posted to by who did not take them: one that its taker
 * waits for (as conditions of Python do), one that is posted to before. */
static void turn_out_signals(void)
{
    pthread_t thread;
    sem_init(&ticket, 0, 1);
    CHECK(sem_wait(&ticket) == 0);
    CHECK(pthread_create(&thread, NULL, post_ticket, NULL) == 0);
    CHECK(sem_trywait(&ticket) == -1 && errno == EAGAIN);
    CHECK(sem_wait(&ticket) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    sem_init(&other_ticket, 0, 1);
    CHECK(sem_wait(&other_ticket) == 0);
    CHECK(pthread_create(&thread, NULL, post_other, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    take_ledger(NULL);
    others_go_on();
    CHECK(sem_wait(&other_ticket) == 0);
    CHECK(sem_trywait(&other_ticket) == -1 && errno == EAGAIN);
    CHECK(sem_post(&other_ticket) == 0);
}

static const struct {
    const char *name;
    void (*play)(void);
} scenes[] = {
    {"end_and_begin", end_and_begin},
    {"free_held", free_held},
    {"init_held", init_held},
    {"fork_held", fork_held},
    {"fork_with_handlers", fork_with_handlers},
    {"fork_and_init", fork_and_init},
    {"fork_while_held", fork_while_held},
    {"turn_out_signals", turn_out_signals},
};

int main(int count, char **arguments)
{
    for (size_t i = 0; count == 2 && i < sizeof(scenes) / sizeof(scenes[0]); i++) {
        if (strcmp(arguments[1], scenes[i].name) != 0)
            continue;
        scenes[i].play();
        return 0;
    }
    return 2;
}
