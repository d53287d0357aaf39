/* Sandboxes: a thread in strict mode, where every system call but read, write, exit and sigreturn
 * kills; and a filter that fails what opens files or maps memory. Argument: strict or filter. */
#include "tests/invisible/fact.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t second = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t table = PTHREAD_RWLOCK_INITIALIZER;
static pthread_spinlock_t spin;

/* In another order than ever before, so that it is news to whoever watches. */
static void lock_all(void)
{
    FACT_RESULT(0, pthread_rwlock_wrlock(&table));
    FACT_RESULT(0, pthread_mutex_lock(&second));
    FACT_RESULT(0, pthread_mutex_lock(&first));
    FACT_RESULT(EBUSY, pthread_mutex_trylock(&first));
    FACT_RESULT(0, pthread_spin_lock(&spin));
    FACT_RESULT(0, pthread_spin_unlock(&spin));
    FACT_RESULT(0, pthread_mutex_unlock(&first));
    FACT_RESULT(0, pthread_mutex_unlock(&second));
    FACT_RESULT(0, pthread_rwlock_unlock(&table));
}

static void write_number(long number)
{
    char text[2] = {(char)('0' + number), '\n'};
    if (write(1, text, sizeof text) != sizeof text)
        syscall(SYS_exit, 9);
}

/* Strict: nothing but plain lock calls and write, and an exit past the C library. */
static void be_strict(void)
{
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0)
        syscall(SYS_exit, 8);
    for (int i = 0; i < 3; i++) {
        write_number(pthread_mutex_lock(&second));
        write_number(pthread_mutex_lock(&first));
        write_number(pthread_rwlock_rdlock(&table));
        write_number(pthread_rwlock_unlock(&table));
        write_number(pthread_mutex_unlock(&first));
        write_number(pthread_mutex_unlock(&second));
    }
    syscall(SYS_exit, 3);
}

static int filter(void)
{
    enum { DENIED = 5 };
    static const unsigned denied[DENIED] = {SYS_openat, SYS_mmap, SYS_fallocate, SYS_madvise,
                                            SYS_prlimit64};
    struct sock_filter code[2 * DENIED + 2] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))};
    for (int i = 0; i < DENIED; i++) {
        code[1 + 2 * i] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, denied[i], 0, 1);
        code[2 + 2 * i] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
    }
    code[2 * DENIED + 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {2 * DENIED + 2, code};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

int main(int argc, char **arguments)
{
    if (argc < 2)
        return 2;
    FACT_RESULT(0, pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE));
    if (strcmp(arguments[1], "filter") == 0) {
        FACT_CALL(0, filter());
        lock_all();
        return fact_status();
    }
    pid_t child = fork();
    if (child == 0)
        be_strict();
    fact_child_end("strict child", child);
    return fact_status();
}
