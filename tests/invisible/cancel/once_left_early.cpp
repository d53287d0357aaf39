// Initialisers that are left by an exception, by pthread_exit or by cancellation, also from within
// another one: handlers and destructors run once and in order, exceptions reach their handler, and
// the next caller runs the initialiser again.
#include "tests/invisible/fact.h"

#include <pthread.h>
#include <unistd.h>

#include <mutex>
#include <stdexcept>

namespace
{

enum way { THROW, EXIT, CANCEL, WAYS };

pthread_once_t outer, inner;
std::mutex lock;
way how;
int runs;

struct Note {
    const char *text;
    ~Note()
    {
        fact_say("%s", text);
    }
};

void say(void *text)
{
    fact_say("%s", static_cast<const char *>(text));
}

void leave()
{
    Note note{"inner initialiser left"};
    if (++runs > 1)
        return;
    if (how == THROW)
        throw std::runtime_error("thrown");
    if (how == EXIT)
        pthread_exit(nullptr);
    pthread_cancel(pthread_self());
    pthread_testcancel();
}

void call_inner()
{
    Note note{"outer initialiser left"};
    std::lock_guard<std::mutex> hold(lock);
    pthread_once(&inner, leave);
}

void *work(void *)
{
    Note note{"thread left"};
    pthread_cleanup_push(say, const_cast<char *>("handler of the thread"));
    try {
        Note in_try{"try left"};
        FACT_RESULT(0, pthread_once(&outer, call_inner));
    } catch (const std::runtime_error &error) {
        fact_say("caught %s", error.what());
    }
    fact_say("handler is next");
    pthread_cleanup_pop(1);
    return nullptr;
}

} // namespace

int main()
{
    for (int i = THROW; i < WAYS; i++) {
        how = static_cast<way>(i);
        fact_say("-- way %d", i);
        outer = inner = PTHREAD_ONCE_INIT;
        runs = 0;
        for (int round = 0; round < 2; round++) {
            pthread_t thread;
            pthread_create(&thread, nullptr, work, nullptr);
            FACT_RESULT(0, pthread_join(thread, nullptr));
            FACT_VALUE(1, lock.try_lock());
            lock.unlock();
        }
        FACT_VALUE(2, runs);
    }
    return fact_status();
}
