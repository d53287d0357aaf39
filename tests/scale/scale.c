/* Many of one thing: locks, threads, chains, or locks that come and go. Prints what it took, a name
 * and a number a line; scale.py runs it bare and watched and judges.
 *
 *     scale live N          N mutexes at once, then pairs on 1,000 of them and on all
 *     scale threads N       N threads at once, each with locks of its own
 *     scale chains N        N different pairs of nested locks
 *     scale FORM N          N locks made, taken and destroyed; FORM is alone, inner (under
 * another), outer (another under it), middle (between two) */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { FEW = 1000, PAIRS = 400000, PARTS = 10, THREAD_STACK = 64 * 1024 };

static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER, second = PTHREAD_MUTEX_INITIALIZER;

static void die(const char *what, int error)
{
    fprintf(stderr, "scale: %s: %s\n", what, strerror(error));
    exit(1);
}

static double cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now); /* the machine may be busy */
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static double resident_bytes(void)
{
    long size, resident;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%ld %ld", &size, &resident) != 2)
        die("/proc/self/statm", errno);
    fclose(file);
    return (double)resident * (double)sysconf(_SC_PAGESIZE);
}

static void tell(const char *name, double value)
{
    printf("%s %.2f\n", name, value);
}

static void *allocate(size_t count, size_t bytes)
{
    void *memory = calloc(count, bytes);
    if (!memory)
        die("memory", ENOMEM);
    return memory;
}

static void take(pthread_mutex_t *mutex)
{
    pthread_mutex_lock(mutex);
    pthread_mutex_unlock(mutex);
}

/* `stride` spreads the locks over all there are. */
static double ns_per_pair(pthread_mutex_t *mutexes, size_t count, size_t stride)
{
    uint64_t random = 1;
    double best = 0;
    for (int part = 0; part < PARTS; part++) {
        double start = cpu_ns();
        for (size_t i = 0; i < PAIRS; i++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            take(&mutexes[(random >> 33) % count * stride]);
        }
        double ns = (cpu_ns() - start) / PAIRS;
        if (part == 0 || ns < best)
            best = ns;
    }
    return best;
}

static void run_live(size_t count)
{
    pthread_mutex_t *mutexes = allocate(count, sizeof(*mutexes));
    pthread_mutex_t *few = allocate(FEW, sizeof(*few));
    memset(mutexes, 0, count * sizeof(*mutexes));
    for (size_t i = 0; i < FEW; i++)
        take(&few[i]);
    tell("ns_before", ns_per_pair(few, FEW, 1));
    double before = resident_bytes(), start = cpu_ns();
    for (size_t i = 0; i < count; i++)
        take(&mutexes[i]);
    tell("ns_first_use", (cpu_ns() - start) / (double)count);
    tell("bytes_each", (resident_bytes() - before) / (double)count);
    tell("ns_few", ns_per_pair(few, FEW, 1));
    tell("ns_spread", ns_per_pair(mutexes, FEW, count / FEW));
    tell("ns_all", ns_per_pair(mutexes, count, 1));
}

static pthread_barrier_t all_there, all_measured;

static void *thread_with_locks(void *unused)
{
    pthread_mutex_t *own = allocate(2, sizeof(*own));
    (void)unused;
    pthread_mutex_lock(&own[0]);
    take(&own[1]);
    take(&first);
    pthread_mutex_unlock(&own[0]);
    pthread_barrier_wait(&all_there);
    pthread_barrier_wait(&all_measured);
    free(own);
    return NULL;
}

static void run_threads(size_t count)
{
    pthread_t *threads = allocate(count, sizeof(*threads));
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, THREAD_STACK);
    pthread_barrier_init(&all_there, NULL, (unsigned)count + 1);
    pthread_barrier_init(&all_measured, NULL, (unsigned)count + 1);
    double before = resident_bytes(), start = cpu_ns();
    for (size_t i = 0; i < count; i++) {
        int error = pthread_create(&threads[i], &attributes, thread_with_locks, NULL);
        if (error)
            die("pthread_create", error);
    }
    pthread_barrier_wait(&all_there);
    tell("bytes_each", (resident_bytes() - before) / (double)count);
    pthread_barrier_wait(&all_measured);
    for (size_t i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    tell("ns_each", (cpu_ns() - start) / (double)count);
}

/* Every lock with a higher number is taken under every other, until there are `count` pairs. */
static void run_chains(size_t count)
{
    size_t locks = 2;
    while (locks * (locks - 1) / 2 < count)
        locks++;
    pthread_mutex_t *mutexes = allocate(locks, sizeof(*mutexes));
    double before = resident_bytes(), start = cpu_ns();
    size_t made = 0;
    for (size_t outer = 0; outer < locks; outer++) {
        pthread_mutex_lock(&mutexes[outer]);
        for (size_t inner = outer + 1; inner < locks && made < count; inner++, made++)
            take(&mutexes[inner]);
        pthread_mutex_unlock(&mutexes[outer]);
    }
    tell("ns_each", (cpu_ns() - start) / (double)count);
    tell("bytes_each", (resident_bytes() - before) / (double)count);
}

static void use_alone(pthread_mutex_t *mutex)
{
    take(mutex);
}

static void use_inner(pthread_mutex_t *mutex)
{
    pthread_mutex_lock(&first);
    take(mutex);
    pthread_mutex_unlock(&first);
}

static void use_outer(pthread_mutex_t *mutex)
{
    pthread_mutex_lock(mutex);
    use_inner(&second);
    pthread_mutex_unlock(mutex);
}

static void use_middle(pthread_mutex_t *mutex)
{
    pthread_mutex_lock(&first);
    pthread_mutex_lock(mutex);
    take(&second);
    pthread_mutex_unlock(mutex);
    pthread_mutex_unlock(&first);
}

/* Time and memory by tenths: neither must depend on how many went before. */
static void run_passing(size_t count, void (*use)(pthread_mutex_t *mutex))
{
    double warm = 0;
    for (int part = 0; part < PARTS; part++) {
        double start = cpu_ns();
        for (size_t i = 0; i < count / PARTS; i++) {
            pthread_mutex_t *mutex = allocate(1, sizeof(*mutex));
            pthread_mutex_init(mutex, NULL);
            use(mutex);
            pthread_mutex_destroy(mutex);
            free(mutex);
        }
        double ns = (cpu_ns() - start) / (double)(count / PARTS);
        if (part == 0) {
            tell("ns_first_tenth", ns);
            warm = resident_bytes();
        } else if (part == PARTS - 1) {
            tell("ns_last_tenth", ns);
        }
    }
    tell("bytes_grown", resident_bytes() - warm);
}

static void *parked(void *unused)
{
    pthread_barrier_wait(&all_there);
    return unused;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*use)(pthread_mutex_t *mutex);
    } forms[] = {
        {"alone", use_alone}, {"inner", use_inner}, {"outer", use_outer}, {"middle", use_middle}};
    size_t count = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
    pthread_t thread;
    if (count < FEW) {
        fprintf(stderr, "usage: scale live|threads|chains|alone|inner|outer|middle N (>= 1000)\n");
        return 2;
    }
    if (strcmp(argv[1], "threads") == 0) {
        run_threads(count);
        return 0;
    }
    pthread_barrier_init(&all_there, NULL, 2);
    pthread_create(&thread, NULL, parked, NULL); /* alone, glibc takes shortcuts */
    if (strcmp(argv[1], "live") == 0)
        run_live(count);
    if (strcmp(argv[1], "chains") == 0)
        run_chains(count);
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        if (strcmp(argv[1], forms[i].name) == 0)
            run_passing(count, forms[i].use);
    }
    pthread_barrier_wait(&all_there);
    pthread_join(thread, NULL);
    return 0;
}
