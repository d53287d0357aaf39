/* lock_pairs.c's pattern in C++. */
#ifndef BENCH_STD_MUTEX_H
#define BENCH_STD_MUTEX_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

void std_mutex_pairs(size_t pairs);

#ifdef __cplusplus
}
#endif

#endif
