// Qt 5 and 6: mutexes, a reader-writer lock, a semaphore, a wait condition, a pool, an event loop
// with a queued call from another thread.
#include <QCoreApplication>
#include <QMutex>
#include <QReadWriteLock>
#include <QRunnable>
#include <QSemaphore>
#include <QThread>
#include <QThreadPool>
#include <QTimer>
#include <QWaitCondition>
#include <cstdio>

namespace {

const int jobs = 200;
QMutex total_mutex;
QReadWriteLock table_lock;
QSemaphore room(3);
QWaitCondition finished;
long total, table[4], done;

class Job : public QRunnable {
public:
    explicit Job(int number) : number_(number) {}
    void run() override
    {
        room.acquire();
        {
            QWriteLocker locker(&table_lock);
            table[number_ % 4] += number_;
        }
        room.release();
        QMutexLocker locker(&total_mutex);
        total += number_;
        if (++done == jobs)
            finished.wakeAll();
    }

private:
    int number_;
};

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    QThreadPool pool;
    pool.setMaxThreadCount(4);
    for (int i = 0; i < jobs; i++)
        pool.start(new Job(i));
    {
        QMutexLocker locker(&total_mutex);
        while (done < jobs)
            finished.wait(&total_mutex);
    }
    pool.waitForDone();
    QThread thread;
    QObject worker;
    worker.moveToThread(&thread);
    thread.start();
    long answer = 0;
    QMetaObject::invokeMethod(
        &worker, [&] { return QThread::currentThread() == &thread ? 42L : 0L; },
        Qt::BlockingQueuedConnection, &answer);
    thread.quit();
    thread.wait();
    QTimer::singleShot(0, &application, [] { QCoreApplication::exit(3); });
    const int status = QCoreApplication::exec();
    std::printf("%ld %ld %ld\n", total, done, answer);
    QReadLocker locker(&table_lock);
    for (long value : table)
        std::printf("%ld\n", value);
    return status;
}
