/* A lock class ignores what pthread_mutex_lock says; another one throws.
 * misuse: relock in=bad,main
 * silent: fixed */
#include <system_error>

#include "tests/misuse/misuse.h"

namespace
{
pthread_mutex_t mutex;

class Careless
{
  public:
    Careless()
    {
        pthread_mutex_lock(&mutex);
    }
    ~Careless()
    {
        pthread_mutex_unlock(&mutex);
    }
};

class Careful
{
  public:
    Careful()
    {
        int error = pthread_mutex_lock(&mutex);
        if (error != 0)
            throw std::system_error(error, std::generic_category());
    }
    ~Careful()
    {
        pthread_mutex_unlock(&mutex);
    }
};

void bad()
{
    init_mutex_of_type(&mutex, PTHREAD_MUTEX_ERRORCHECK);
    must(pthread_mutex_lock(&mutex), "lock");
    Careless guard;
}

void fixed()
{
    init_mutex_of_type(&mutex, PTHREAD_MUTEX_ERRORCHECK);
    Careful guard;
    try {
        Careful again;
    } catch (const std::system_error &) {
        puts("refused");
    }
}
} // namespace

VARIANTS({"bad", bad}, {"fixed", fixed})
