/* Two threads send each other the word over a pair of sockets, and nest only while they have it.
 * verdict: finding locks=lock_a,lock_b */
#include <sys/socket.h>
#include "tests/prove/prove.h"

#define ROUNDS 20

static pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t lock_b = PTHREAD_MUTEX_INITIALIZER;
static int sockets[2];
static long sum; /* protected by both locks */

static void hear(int socket)
{
    char word;

    must_be(read(socket, &word, 1) == 1, "read works");
}

static void say(int socket)
{
    must_be(write(socket, "w", 1) == 1, "write works");
}

static void a_then_b(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        lock(&lock_a);
        lock(&lock_b);
        sum += 1;
        unlock(&lock_b);
        unlock(&lock_a);
        say(sockets[0]);
        hear(sockets[0]);
    }
}

static void b_then_a(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        hear(sockets[1]);
        lock(&lock_b);
        lock(&lock_a);
        sum *= 2;
        unlock(&lock_a);
        unlock(&lock_b);
        say(sockets[1]);
    }
}

int main(void)
{
    must_be(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == 0, "socketpair works");
    RUN_APART(0, a_then_b, b_then_a);
    return finish(sum, 2 * ((1L << ROUNDS) - 1));
}
