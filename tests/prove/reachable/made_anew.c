/* Each session has locks of its own, made on the heap and destroyed again, and shows one of the two
 * orders only; the last one shows both.
 * verdict: finding locks=* steps=2 */
#include "tests/prove/prove.h"

#define SESSIONS 10

struct session {
    pthread_mutex_t input, output;
    long sum; /* protected by both */
};

static struct session *session;

static NOINLINE void open_session(void)
{
    session = (struct session *)calloc(1, sizeof *session);
    must_be(session != NULL, "calloc works");
    must(pthread_mutex_init(&session->input, NULL), "pthread_mutex_init");
    must(pthread_mutex_init(&session->output, NULL), "pthread_mutex_init");
}

static NOINLINE long close_session(void)
{
    long sum = session->sum;

    must(pthread_mutex_destroy(&session->input), "pthread_mutex_destroy");
    must(pthread_mutex_destroy(&session->output), "pthread_mutex_destroy");
    free(session);
    return sum;
}

static void answer(void)
{
    lock(&session->input);
    lock(&session->output);
    session->sum += 1;
    unlock(&session->output);
    unlock(&session->input);
}

static void shut_down(void)
{
    lock(&session->output);
    lock(&session->input);
    session->sum += 2;
    unlock(&session->input);
    unlock(&session->output);
}

int main(void)
{
    long sum = 0;

    for (int i = 0; i < SESSIONS; i++) {
        open_session();
        if (i + 1 < SESSIONS)
            RUN_APART(1, answer, answer);
        else
            RUN_APART(APART_MS, answer, shut_down);
        sum += close_session();
    }
    return finish(sum, 2 * (SESSIONS - 1) + 3);
}
