"""Programs and places that are not as usual: sanitizers, allocators, containers. Each is watched, or
one line says what to do."""

import os
import pathlib
import shutil
import subprocess
import sys

from cases import UNKNOT, compiled, expect_equal, expect_in, expect_not_in, expect_one_line, main
from cases import skip, unknot

INVERSION = """
#include <pthread.h>
#include <unistd.h>
static pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER, b = PTHREAD_MUTEX_INITIALIZER;
static int turn;
static void take(pthread_mutex_t *first, pthread_mutex_t *second)
{
    pthread_mutex_lock(first);
    pthread_mutex_lock(second);
    pthread_mutex_unlock(second);
    pthread_mutex_unlock(first);
}
static void *one(void *u) { take(&a, &b); return write(turn, "x", 1) == 1 ? u : NULL; }
static void *two(void *u) { take(&b, &a); return u; }
int main(void)
{
    pthread_t threads[2];
    int ends[2];
    char byte;
    if (pipe(ends) != 0) { return 1; }
    turn = ends[1];
    pthread_create(&threads[0], NULL, one, NULL);
    if (read(ends[0], &byte, 1) != 1) { return 1; }
    pthread_create(&threads[1], NULL, two, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    return 0;
}
"""

ALLOCATOR = """
#include <stddef.h>
#include <string.h>
static char arena[1 << 20];
static size_t used;
void *malloc(size_t bytes)
{
    size_t start = __atomic_fetch_add(&used, (bytes + 31) & ~15ul, __ATOMIC_RELAXED);
    *(size_t *)(arena + start) = bytes;
    return arena + start + 16;
}
void free(void *memory) { (void)memory; }
void *calloc(size_t count, size_t bytes) { return malloc(count * bytes); }
void *realloc(void *old, size_t bytes)
{
    void *new = malloc(bytes);
    return old != NULL ? memcpy(new, old, *(size_t *)((char *)old - 16)) : new;
}
"""


def _is_watched(program):
    """Its inversion is found, at the program's own lines; what doctor says of it."""
    result = unknot("run", program, env={**os.environ, "TSAN_OPTIONS": "exitcode=0:report_bugs=0"})
    expect_equal(result.status, 0, program)
    expect_in("a and b are taken in opposite orders", result.err)
    expect_in(" in take\n", result.err)
    expect_not_in("in __interceptor", result.err)
    out = unknot("doctor", program)
    expect_equal(out.status, 0)
    expect_in("  can be watched", out.out)
    return out.out


def _built(name, *flags, compiler="cc"):
    if shutil.which(compiler) is None:
        return None
    try:
        return compiled(name, INVERSION, "-pthread", *flags, compiler=compiler)
    except subprocess.CalledProcessError:
        return None


def programs_with_a_sanitizer_linked_in_are_watched():
    met = 0
    for sanitizer, library in (("address", "asan"), ("thread", "tsan"), ("undefined", "ubsan")):
        for compiler, flags in (("gcc", [f"-static-lib{library}"]), ("clang", [])):
            program = _built(f"{compiler}_{sanitizer}", f"-fsanitize={sanitizer}", *flags,
                             compiler=compiler)
            if program is not None:
                met += 1
                out = _is_watched(program)
                if sanitizer != "undefined":
                    expect_in("its own pthread_mutex_lock: calls bound to it are seen if it passes",
                              out)
    if met == 0:
        skip("no compiler here has a sanitizer")


def program_with_the_shared_runtime_of_ubsan_is_watched():
    program = _built("shared", "-fsanitize=undefined", compiler="gcc")
    if program is None:
        skip("gcc has no UBSan here")
    _is_watched(program)


def program_with_an_allocator_of_its_own_is_watched():
    program = compiled("allocates", ALLOCATOR + INVERSION, "-pthread", "-rdynamic")
    expect_in("brings its own allocator", _is_watched(program))


def _in_a_container(script, **environment):
    """`script` as root of a mount namespace of its own."""
    if subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode != 0:
        skip("no mount namespaces here")
    return subprocess.run(["unshare", "-m", "sh", "-ec", script], text=True, capture_output=True,
                          env={**os.environ, "U": UNKNOT, **environment})


def without_proc_it_is_said_and_all_else_works():
    compiled("prog", INVERSION, "-pthread")
    done = _in_a_container('mount -t tmpfs none /proc; "$U" doctor ./prog; "$U" run ./prog')
    expect_equal(done.returncode, 0)
    expect_in("  /proc: is not mounted, so deadlocks", done.stdout)
    expect_in("a and b are taken in opposite orders", done.stderr)
    expect_in("  /proc: is there", unknot("doctor").out)


def where_nothing_can_be_written_another_place_is_named():
    os.makedirs("fixed")
    script = 'mount -t tmpfs -o ro none fixed; cd fixed; "$U" run /bin/true || echo $?; '
    done = _in_a_container(script + '"$U" doctor', TMPDIR="/tmp")
    expect_equal(done.stdout.splitlines()[0], "125")
    expect_one_line(done.stderr, "Read-only file system", "try --data=/tmp/unknot.data")
    expect_in("recordings: the current directory cannot be written to (Read-only file system); "
              "use --data=/tmp/unknot.data\n", done.stdout)
    expect_in("  recordings: the current directory can be written to", unknot("doctor").out)
    other = str(pathlib.Path("other").resolve())
    done = _in_a_container(script.replace("run", f"run --data={other}"))
    expect_equal((done.returncode, done.stdout), (0, ""))


def where_no_folder_at_all_can_be_written_it_is_said():
    os.makedirs("fixed")
    done = _in_a_container(
        'mount -t tmpfs -o ro none fixed; cd fixed; for folder in /var/tmp /dev/shm /tmp; do '
        'mount --bind $folder $folder; mount -o remount,ro,bind $folder; done; '
        '"$U" run /bin/true || echo $?; "$U" doctor', TMPDIR="/nowhere")
    expect_equal(done.stdout.splitlines()[0], "125")
    expect_one_line(done.stderr, "mount a folder, and name it with --data=DIR")
    expect_in("mount a folder that can, and name it with --data=DIR", done.stdout)


def process_that_may_gain_no_privileges_is_watched():
    if shutil.which("setpriv") is None:
        skip("setpriv is not installed")
    compiled("prog", INVERSION, "-pthread")
    done = subprocess.run(["setpriv", "--no-new-privs", UNKNOT, "run", "./prog"], text=True,
                          capture_output=True)
    expect_equal(done.returncode, 0)
    expect_in("a and b are taken in opposite orders", done.stderr)


if __name__ == "__main__":
    main(sys.modules[__name__])
