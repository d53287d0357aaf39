/* Locks inside of static objects are told by member and element: of structs, arrays of several
 * dimensions, base classes, unions, std::array, namespaces and functions.
 * levels: O0
 * verdict: finding locks=pool.slots[[]3].lock,pool.grid[[]1][[]2]
 * verdict: finding locks=account.base_lock,account.own
 * verdict: finding locks=bank::vault.spin,table[[]2]
 * verdict: finding locks=keeper::shared,owner()::local
 * verdict: finding locks=box<int>::instance.guard,recursive[[]1] */
#include <array>
#include <mutex>
#include "tests/programs/support.h"

struct slot {
    int id;
    pthread_mutex_t lock;
};

static struct {
    int count;
    slot slots[4];
    pthread_mutex_t grid[2][3];
} pool;

struct base {
    int number;
    pthread_mutex_t base_lock;
};

static struct : base {
    std::mutex own;
} account;

namespace bank
{
struct {
    char first;
    union {
        long word;
        pthread_spinlock_t spin;
    };
} vault;
} // namespace bank

struct keeper {
    static std::mutex shared;
};
std::mutex keeper::shared;

template <class T> struct box {
    T value;
    std::mutex guard;
    static box instance;
};
template <class T> box<T> box<T>::instance;

static std::array<std::mutex, 4> table;
static std::recursive_mutex recursive[2];

static std::mutex &owner()
{
    static std::mutex local;
    return local;
}

/* What std::lock_guard wants of a plain lock. */
struct mutex_handle {
    pthread_mutex_t *mutex;
    void lock()
    {
        must(pthread_mutex_lock(mutex), "lock");
    }
    void unlock()
    {
        must(pthread_mutex_unlock(mutex), "unlock");
    }
};

struct spin_handle {
    pthread_spinlock_t *spin;
    void lock()
    {
        must(pthread_spin_lock(spin), "lock");
    }
    void unlock()
    {
        must(pthread_spin_unlock(spin), "unlock");
    }
};

template <class Outer, class Inner> static void nest_locks(Outer &outer, Inner &inner)
{
    std::lock_guard<Outer> hold_outer(outer);
    std::lock_guard<Inner> hold_inner(inner);
}

static mutex_handle slot_three = {&pool.slots[3].lock}, cell = {&pool.grid[1][2]};
static mutex_handle inherited = {&account.base_lock};
static spin_handle spin = {&bank::vault.spin};

static void one_order()
{
    nest_locks(slot_three, cell);
    nest_locks(inherited, account.own);
    nest_locks(spin, table[2]);
    nest_locks(keeper::shared, owner());
    nest_locks(box<int>::instance.guard, recursive[1]);
}

static void other_order()
{
    nest_locks(cell, slot_three);
    nest_locks(account.own, inherited);
    nest_locks(table[2], spin);
    nest_locks(owner(), keeper::shared);
    nest_locks(recursive[1], box<int>::instance.guard);
}

int main()
{
    must(pthread_spin_init(&bank::vault.spin, PTHREAD_PROCESS_PRIVATE), "pthread_spin_init");
    RUN_IN_TURN(one_order, other_order);
    return 0;
}
