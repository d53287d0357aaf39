/* What the Qt 5 and Qt 6 programs share: their locks in both orders and in one. Included once. */
#ifndef UNKNOT_TESTS_PROGRAMS_QT_LOCKS_H
#define UNKNOT_TESTS_PROGRAMS_QT_LOCKS_H

#include <QMutex>
#include <QReadWriteLock>

#include "tests/programs/support.h"

static QMutex mutex_a, mutex_b;
static QRecursiveMutex again_a, again_b;
static QReadWriteLock table_a, table_b;

template <class Lock> static void nest_locks(Lock &outer, Lock &inner)
{
    outer.lock();
    inner.lock();
    inner.unlock();
    outer.unlock();
}

static void read_then_write(QReadWriteLock &outer, QReadWriteLock &inner)
{
    outer.lockForRead();
    inner.lockForWrite();
    inner.unlock();
    outer.unlock();
}

static void a_then_b()
{
    nest_locks(mutex_a, mutex_b);
    again_a.lock();
    must_be(again_a.tryLock(), "its holder may take it again");
    again_a.unlock();
    nest_locks(again_a, again_b);
    again_a.unlock();
    read_then_write(table_a, table_b);
}

static void b_then_a()
{
    nest_locks(mutex_b, mutex_a);
    nest_locks(again_b, again_a);
    read_then_write(table_b, table_a);
}

#endif
