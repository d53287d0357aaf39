/* Optional annotations: what unknot cannot see by itself, told by the program.
 *
 * Header-only, for C and C++. Without libunknot.so preloaded each call is a load and a branch, and
 * nothing needs to be linked. Any thread may make any call at any time; none blocks, fails or
 * changes errno. `lock` is the address that identifies a lock: any address of the program's own,
 * the same in all calls about it. With UNKNOT_DISABLE defined all calls vanish.
 *
 *     unknot_lock_requested(lock, UNKNOT_WRITE);      before the thread may have to wait
 *     ... wait until it is ours ...
 *     unknot_lock_acquired(lock, UNKNOT_WRITE);
 *     ...
 *     unknot_lock_released(lock);                     before others can have it
 *
 * docs/annotations.md tells more. */
#ifndef UNKNOT_UNKNOT_H
#define UNKNOT_UNKNOT_H

/* How a lock is requested: a sum. */
#define UNKNOT_WRITE 0u /* exclusively */
#define UNKNOT_READ  1u /* shared with other readers */
#define UNKNOT_TRY   2u /* never waits */
#define UNKNOT_TIMED 4u /* waits, but gives up in the end */

/* What unknot_lock_created says of a lock: a sum. */
#define UNKNOT_RECURSIVE 1u /* its holder may acquire it again */

/* The calls of a lock of the program's own. Locks of pthreads, C++, C11, GLib, Qt 5 and OpenMP are
 * seen without them.
 *
 * created, destroyed: optional, unless the lock is recursive. They tell one lock from the next at
 *   its address; so do free, delete and munmap.
 * requested: optional too, but without it a deadlock that happens leaves no trace of this request.
 *   Not for try forms.
 * acquired: with the mode of the request. Alone it stands for both.
 * not_acquired: a requested lock was not had: the timeout passed.
 * released: by the thread that acquired it. */
#define unknot_lock_created(lock, flags)  UNKNOT_TELL_2_(unknot_on_created, lock, flags)
#define unknot_lock_destroyed(lock)       UNKNOT_TELL_1_(unknot_on_destroyed, lock)
#define unknot_lock_requested(lock, mode) UNKNOT_TELL_2_(unknot_on_requested, lock, mode)
#define unknot_lock_acquired(lock, mode)  UNKNOT_TELL_2_(unknot_on_acquired, lock, mode)
#define unknot_lock_not_acquired(lock)    UNKNOT_TELL_1_(unknot_on_not_acquired, lock)
#define unknot_lock_released(lock)        UNKNOT_TELL_1_(unknot_on_released, lock)

/* Of any lock, pthread mutexes included: from here on another thread will release it, which would
 * else be taken as a sign that it is no lock. Called by the holder, who holds it no longer. The
 * thread that continues may say that it holds it now. */
#define unknot_lock_handed_over(lock) UNKNOT_TELL_1_(unknot_on_handed_over, lock)
#define unknot_lock_taken_over(lock)  UNKNOT_TELL_1_(unknot_on_taken_over, lock)

/* Of any lock: what reports call it. The text is copied, at most 63 bytes of it. */
#define unknot_lock_name(lock, name) UNKNOT_TELL_NAME_(unknot_on_named, lock, name)

/* Of any two locks: whoever holds both acquires `before` first. A report says so where a finding
 * goes against it. */
#define unknot_lock_order(before, after) UNKNOT_TELL_LOCK_(unknot_on_order, before, after)

/* Not part of the interface: finds the function without making the program need it. The address
 * comes from the global offset table: in a program that is not position independent the linker
 * would otherwise resolve an undefined weak symbol to 0 for good. */
#if defined(UNKNOT_DISABLE) || !defined(__ELF__)
#define UNKNOT_FIND_(function, pointer) ((pointer) = 0)
#elif defined(__x86_64__) && !defined(__ILP32__)
#define UNKNOT_FIND_(function, pointer)                                                            \
    __asm__(".weak " #function "\n\t"                                                              \
            "mov{q " #function "@GOTPCREL(%%rip), %0| %0, QWORD PTR " #function "@GOTPCREL[rip]}"  \
            : "=r"(pointer))
#elif defined(__aarch64__)
#define UNKNOT_FIND_(function, pointer)                                                            \
    __asm__(".weak " #function "\n\t"                                                              \
            "adrp %0, :got:" #function "\n\t"                                                      \
            "ldr %0, [%0, :got_lo12:" #function "]"                                                \
            : "=r"(pointer))
#else
#define UNKNOT_FIND_(function, pointer) ((pointer) = 0)
#endif

#define UNKNOT_TELL_(function, parameters, arguments)                                              \
    do {                                                                                           \
        void(*unknot_function_) parameters;                                                        \
        UNKNOT_FIND_(function, unknot_function_);                                                  \
        if (unknot_function_)                                                                      \
            unknot_function_ arguments;                                                            \
    } while (0)
#define UNKNOT_TELL_1_(function, lock) UNKNOT_TELL_(function, (const volatile void *), (lock))
#define UNKNOT_TELL_2_(function, lock, value)                                                      \
    UNKNOT_TELL_(function, (const volatile void *, unsigned), (lock, value))
#define UNKNOT_TELL_NAME_(function, lock, name)                                                    \
    UNKNOT_TELL_(function, (const volatile void *, const char *), (lock, name))
#define UNKNOT_TELL_LOCK_(function, before, after)                                                 \
    UNKNOT_TELL_(function, (const volatile void *, const volatile void *), (before, after))

#endif
