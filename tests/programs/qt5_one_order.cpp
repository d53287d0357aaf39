/* Qt 5's locks where none can wait in the other order: tries, with and without a time limit, and a
 * mutex that ends with its object. A condition wait gives back the only lock held.
 * packages: Qt5Core -fPIC -DQT_NO_KEYWORDS
 * verdict: clean dismissed=trylock,timed */
#include <QMutex>
#include <QReadWriteLock>
#include <QWaitCondition>

#include "tests/programs/support.h"

static QMutex first, second;
static QReadWriteLock table_a, table_b;
static QWaitCondition condition;
alignas(QMutex) static unsigned char place[sizeof(QMutex)];

static void nest_mutexes(QMutex *outer, QMutex *inner)
{
    QMutexLocker hold(outer);
    QMutexLocker hold_too(inner);
}

static void first_then_second()
{
    nest_mutexes(&first, &second);
    table_a.lockForWrite();
    table_b.lockForWrite();
    table_b.unlock();
    table_a.unlock();
    QMutex *local = new (place) QMutex;
    nest_mutexes(local, &second);
    local->~QMutex();
    first.lock();
    condition.wait(&first, 1);
    first.unlock();
}

static void second_then_try_first()
{
    second.lock();
    must_be(first.tryLock(), "first is free");
    first.unlock();
    second.unlock();
    table_b.lockForWrite();
    must_be(table_a.tryLockForWrite(1), "table_a is free");
    table_a.unlock();
    table_b.unlock();
    QMutex *local = new (place) QMutex;
    nest_mutexes(&second, local);
    local->~QMutex();
}

int main()
{
    RUN_IN_TURN(first_then_second, second_then_try_first);
    puts("done");
    return 0;
}
