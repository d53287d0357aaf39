// Mutexes of C++ have neither init nor destroy: others are constructed where they were. Usage:
// lives_std SCENE.
#include <mutex>
#include <new>

#include "scene.h"

static const int rounds = 50;

struct plain {
    std::mutex lock;
    long unused = 0;
};

// The first acquisition says of which class it is.
static NOINLINE void first_of_relocked(std::mutex &lock)
{
    lock.lock();
}

static NOINLINE void first_of_others(std::mutex &lock)
{
    lock.lock();
}

static void *do_nothing(void *)
{
    return NULL;
}

// In one place one after the other; only every second is made recursive.
static void constructed_anew()
{
    run_two(do_nothing, do_nothing); // alone, a program's locks are not told apart
    void *place = malloc(sizeof(plain));
    for (int i = 0; i < rounds; i++) {
        plain *made = new (place) plain;
        if (i % 2 == 0) {
            first_of_relocked(made->lock);
            made->lock.unlock();
            made->lock.lock();
            made->lock.lock();
            made->lock.unlock();
            made->lock.unlock();
        } else {
            first_of_others(made->lock);
            made->lock.unlock();
            made->lock.lock();
            CHECK(pthread_mutex_trylock(made->lock.native_handle()) != 0);
            made->lock.unlock();
        }
        made->~plain();
    }
    free(place);
}

struct section {
    std::mutex first, second;
    long count = 0;
};

// Two of each object are one lock, wherever and whenever that lies.
static NOINLINE void enter(std::mutex &lock)
{
    lock.lock();
}

static flag is_inside, is_tried;

static void *take_second(void *argument)
{
    section *shared = static_cast<section *>(argument);
    await(&is_inside);
    CHECK(!shared->second.try_lock());
    reached(&is_tried);
    enter(shared->second);
    CHECK(shared->count == 1);
    shared->second.unlock();
    return NULL;
}

static void on_the_stack()
{
    for (int i = 0; i < rounds; i++) {
        section shared;
        enter(shared.second);
        shared.second.unlock();
        is_inside = is_tried = 0;
        pthread_t thread;
        CHECK(pthread_create(&thread, NULL, take_second, &shared) == 0);
        enter(shared.first);
        reached(&is_inside);
        await(&is_tried);
        shared.count = 1;
        shared.first.unlock();
        CHECK(pthread_join(thread, NULL) == 0);
    }
}

int main(int count, char **arguments)
{
    const char *scene = count == 2 ? arguments[1] : "";
    if (strcmp(scene, "constructed_anew") == 0)
        constructed_anew();
    else if (strcmp(scene, "on_the_stack") == 0)
        on_the_stack();
    else
        return 2;
    return 0;
}
