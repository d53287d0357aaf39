/* OpenMP as gcc compiles it: libgomp's locks and critical sections, or those of another runtime
 * that offers the same symbols. A critical section has no try form: the thread says what it may
 * wait for, and calls. */
#include "shim/hook/foreign_hook.h"

#define OMP_HOOK(result, name, parameters) FOREIGN_HOOK(result, name, parameters, #name, "OMP_3.0")
#define GOMP_HOOK(result, name, parameters)                                                        \
    FOREIGN_HOOK(result, name, parameters, #name, "GOMP_1.0")

/* Stands for the lock of all critical sections without a name, which is the runtime's own. */
static const char unnamed_critical_section;

OMP_HOOK(void, omp_init_lock, (void *lock))
{
    FOREIGN_REAL(real, omp_init_lock, );
    real(lock);
    hook_initialised(lock, TRACE_LOCK_OPENMP, CALLER);
}

OMP_HOOK(void, omp_destroy_lock, (void *lock))
{
    FOREIGN_REAL(real, omp_destroy_lock, );
    real(lock);
    hook_destroyed(lock);
}

OMP_HOOK(void, omp_set_lock, (void *lock))
{
    FOREIGN_REAL(real, omp_set_lock, );
    FOREIGN_REAL(test, omp_test_lock, );
    FOREIGN_BLOCKING(lock, TRACE_LOCK_OPENMP, 0, test(lock), real(lock));
}

OMP_HOOK(int, omp_test_lock, (void *lock))
{
    FOREIGN_REAL(real, omp_test_lock, 0);
    FOREIGN_TRYING(lock, TRACE_LOCK_OPENMP, 0, real(lock));
}

OMP_HOOK(void, omp_unset_lock, (void *lock))
{
    FOREIGN_REAL(real, omp_unset_lock, );
    FOREIGN_RELEASE(lock, real(lock));
}

OMP_HOOK(void, omp_init_nest_lock, (void *lock))
{
    FOREIGN_REAL(real, omp_init_nest_lock, );
    real(lock);
    hook_initialised(lock, TRACE_LOCK_OPENMP_NEST, CALLER);
}

OMP_HOOK(void, omp_destroy_nest_lock, (void *lock))
{
    FOREIGN_REAL(real, omp_destroy_nest_lock, );
    real(lock);
    hook_destroyed(lock);
}

OMP_HOOK(void, omp_set_nest_lock, (void *lock))
{
    FOREIGN_REAL(real, omp_set_nest_lock, );
    FOREIGN_REAL(test, omp_test_nest_lock, );
    FOREIGN_BLOCKING(lock, TRACE_LOCK_OPENMP_NEST, 0, test(lock), real(lock));
}

OMP_HOOK(int, omp_test_nest_lock, (void *lock))
{
    FOREIGN_REAL(real, omp_test_nest_lock, 0);
    FOREIGN_TRYING(lock, TRACE_LOCK_OPENMP_NEST, 0, real(lock));
}

OMP_HOOK(void, omp_unset_nest_lock, (void *lock))
{
    FOREIGN_REAL(real, omp_unset_nest_lock, );
    FOREIGN_RELEASE(lock, real(lock));
}

GOMP_HOOK(void, GOMP_critical_start, (void))
{
    const void *section = &unnamed_critical_section;
    FOREIGN_REAL(real, GOMP_critical_start, );
    FOREIGN_BLOCKING(section, TRACE_LOCK_OPENMP_CRITICAL, 0, false, real());
}

GOMP_HOOK(void, GOMP_critical_end, (void))
{
    const void *section = &unnamed_critical_section;
    FOREIGN_REAL(real, GOMP_critical_end, );
    FOREIGN_RELEASE(section, real());
}

GOMP_HOOK(void, GOMP_critical_name_start, (void **section))
{
    FOREIGN_REAL(real, GOMP_critical_name_start, );
    FOREIGN_BLOCKING(section, TRACE_LOCK_OPENMP_CRITICAL, 0, false, real(section));
}

GOMP_HOOK(void, GOMP_critical_name_end, (void **section))
{
    FOREIGN_REAL(real, GOMP_critical_name_end, );
    FOREIGN_RELEASE(section, real(section));
}
