"""What `run` does not start, and `doctor` says about it: one clear line each."""

import os
import pathlib
import shutil
import subprocess
import sys

from cases import UNKNOT, compiled, expect_equal, expect_in, expect_one_line, main, skip, unknot

HELLO = '#include <stdio.h>\nint main(void) { puts("hello"); return 7; }\n'


def _refused(program, *reason):
    """Not started by run, not watchable for doctor; started with --allow-unwatched."""
    result = unknot("run", program)
    expect_one_line(result.err, "cannot be watched", *reason)
    expect_equal((result.status, result.out), (125, ""))
    assert not pathlib.Path("unknot.data").exists(), "a refused program leaves no folder"
    expect_equal(unknot("doctor", program).status, 125, "status of doctor")


def _runs_unharmed(program):
    wanted = subprocess.run([program], capture_output=True, text=True)
    result = unknot("run", "--allow-unwatched", program)
    expect_equal((result.status, result.out), (wanted.returncode, wanted.stdout))
    expect_one_line(result.err, "cannot be watched")


def missing_program():
    for name in ("no-such-program", "./no-such-program", "/dev/null/x", ""):
        result = unknot("run", name)
        expect_one_line(result.err, "unknot run: cannot run ")
        expect_equal(result.status, 127, name)


def no_program():
    result = unknot("run")
    expect_one_line(result.err, "no program given")
    expect_equal(result.status, 125)


def not_executable():
    pathlib.Path("data").write_text("x")
    for name in ("./data", "/"):
        result = unknot("run", name)
        expect_one_line(result.err, "cannot run " + name)
        expect_equal(result.status, 126, name)


def directory_in_path_is_skipped():
    pathlib.Path("bin/true").mkdir(parents=True)
    result = unknot("run", "true", env={**os.environ, "PATH": "bin:/nowhere"})
    expect_one_line(result.err, "cannot run true")
    expect_equal(result.status, 127)


def static_program():
    program = compiled("hello", HELLO, "-static")
    _refused(program, "statically linked")
    _refused(compiled("hello_pie", HELLO, "-static-pie"), "statically linked")
    _runs_unharmed(program)


def setuid_program():
    if os.getuid() != 0:
        skip("only root can make a program of another user setuid")
    program = compiled("hello", HELLO)
    os.chmod(".", 0o755)
    os.chown(program, 65534, 65534)
    os.chmod(program, 0o4755)
    _refused(program, "setuid")
    os.chmod(program, 0o2755)
    _refused(program, "setgid")


def musl_program():
    if shutil.which("musl-gcc") is None:
        skip("musl-gcc is not installed")
    program = compiled("hello", HELLO, compiler="musl-gcc")
    _refused(program, "musl")
    _runs_unharmed(program)


def go_program():
    go = shutil.which("go")
    if go is None:
        skip("go is not installed")
    pathlib.Path("hello.go").write_text(
        'package main\nimport ("fmt"; "os")\nfunc main() { fmt.Println("hello"); os.Exit(7) }\n')
    home = os.getcwd()
    environment = {**os.environ, "CGO_ENABLED": "0", "GOCACHE": home + "/cache", "HOME": home,
                   "GOFLAGS": "-modcacherw"}
    subprocess.run([go, "build", "-o", "hello", "hello.go"], check=True, env=environment)
    _refused(home + "/hello", "Go program")
    _runs_unharmed(home + "/hello")


def program_of_32_bits():
    pathlib.Path("probe.c").write_text("int main(void) { return 0; }\n")
    if subprocess.run(["cc", "-m32", "-o", "probe", "probe.c"], capture_output=True).returncode:
        skip("the compiler cannot build 32-bit programs (gcc-multilib)")
    program = compiled("hello", HELLO, "-m32")
    _refused(program, "32-bit")
    _runs_unharmed(program)


def program_for_another_processor():
    data = bytearray(pathlib.Path(compiled("hello", HELLO)).read_bytes())
    data[18:20] = b"\xb7\x00"
    pathlib.Path("foreign").write_bytes(data)
    os.chmod("foreign", 0o755)
    _refused("./foreign", "another processor")


def program_with_a_sanitizers_shared_runtime():
    for sanitizer, name in (("address", "AddressSanitizer"), ("thread", "ThreadSanitizer")):
        try:
            program = compiled(sanitizer, HELLO, f"-fsanitize={sanitizer}")
        except subprocess.CalledProcessError:
            skip(f"the compiler has no {name}")
        _refused(program, name, "-static-lib")
        _runs_unharmed(program)


def script_is_judged_by_its_interpreter():
    interpreter = compiled("interpreter", HELLO, "-static")
    for name, line in (("direct", interpreter), ("through_env", "/usr/bin/env interpreter"),
                       ("env_options", "/usr/bin/env -S A=b interpreter -x")):
        pathlib.Path(name).write_text(f"#!{line}\n")
        os.chmod(name, 0o755)
        result = unknot("run", "./" + name,
                        env={**os.environ, "PATH": os.getcwd() + ":" + os.environ["PATH"]})
        expect_one_line(result.err, f"./{name} cannot be watched", "statically linked")
        expect_equal(result.status, 125, name)


def script_without_its_interpreter():
    pathlib.Path("script").write_text("#!/no/such/interpreter\n")
    os.chmod("script", 0o755)
    result = unknot("run", "./script")
    expect_one_line(result.err, "/no/such/interpreter")
    expect_equal(result.status, 126)


def truncated_elf_file():
    data = pathlib.Path(compiled("hello", HELLO)).read_bytes()
    for size in (4, 16, 63, 64, 100):
        pathlib.Path("cut").write_bytes(data[:size])
        os.chmod("cut", 0o755)
        result = unknot("run", "./cut")
        expect_one_line(result.err, "./cut")
        expect_equal(result.status, 125, f"{size} bytes")


def doctor_names_what_is_not_seen():
    program = compiled("hello", "#include <sys/syscall.h>\n#include <unistd.h>\n"
                                "int pthread_mutex_lock(void *m) { return m == 0; }\n"
                                "int main(void) { return (int)syscall(SYS_getpid) + "
                                "pthread_mutex_lock(0); }\n", "-rdynamic", "-w")
    out = unknot("doctor", program).out
    expect_in("futex system calls", out)
    expect_in("has its own pthread_mutex_lock", out)
    expect_in("can be watched", out)


FUTEX_LOCK = ("#include <stdio.h>\n#include <unistd.h>\n#include <sys/syscall.h>\n"
              'int main(void) { puts("hello"); return syscall(SYS_gettid) < 0; }\n')


def _stand_in(library):
    """A program that loads a library of that name, wherever it really comes from."""
    pathlib.Path("library.c").write_text("int stand_in(void) { return 0; }\n")
    subprocess.run(["cc", "-shared", "-fPIC", f"-Wl,-soname,{library}", "-o", library,
                    "library.c"], check=True)
    source = "int stand_in(void);\nint main(void) { return stand_in(); }\n"
    return compiled("uses", source, "./" + library, "-Wl,-rpath,$ORIGIN")


def doctor_names_the_libraries_whose_locks_are_not_seen():
    for library, words in (("libjvm.so", "Java monitors"), ("libQt6Core.so", "Qt 6's QMutex"),
                           ("libomp.so", "clang's runtime")):
        expect_in(words, unknot("doctor", _stand_in(library)).out)
    assert "Java" not in unknot("doctor", _stand_in("libjvmti.so")).out, "another library"


def doctor_names_futexes_and_streams():
    out = unknot("doctor", compiled("hello", FUTEX_LOCK)).out
    expect_in("std::counting_semaphore", out)
    expect_in("stdio stream", out)
    nothing = unknot("doctor", compiled("empty", "int main(void) { return 0; }\n")).out
    expect_in("nothing that can be told", nothing)


def doctor_knows_a_rust_program():
    program = compiled("rusty", "int main(void) { return 0; }\n"
                                '__asm__(".ident \\"rustc version 1.70\\"");\n')
    out = unknot("doctor", program).out
    expect_in("Rust's std::sync locks", out)


def doctor_does_not_start_the_program():
    program = compiled("hello", '#include <stdio.h>\nint main(void) { puts("started"); }\n'
                       '__attribute__((constructor)) static void f(void) { puts("started"); }\n')
    assert "started" not in unknot("doctor", program).out


def unusable_library_is_one_line():
    pathlib.Path("text.so").write_text("text")
    for library in ("/no/such/library.so", os.getcwd(), os.getcwd() + "/text.so"):
        result = unknot("run", "--library=" + library, "true")
        expect_one_line(result.err, library)
        expect_equal(result.status, 125, library)


def library_path_that_ld_preload_cannot_name():
    for name in ("with space.so", "with:colon.so"):
        shutil.copy(UNKNOT, name)
        result = unknot("run", "--library=./" + name, "true")
        expect_one_line(result.err, "without spaces and colons")
        expect_equal(result.status, 125, name)


if __name__ == "__main__":
    main(sys.modules[__name__])
