#!/usr/bin/python3
"""Checks an installation of the build tree (install) or its Debian package (deb)."""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = {"README.md", "CHANGELOG.md", "copyright"}


def run(argv, **options):
    done = subprocess.run([str(word) for word in argv], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=100, **options)
    return done.returncode, done.stdout


def succeed(argv, **options):
    status, output = run(argv, **options)
    if status != 0:
        sys.exit(f"{' '.join(map(str, argv))}: exit status {status}\n{output}")
    return output


def demos():
    """Where the demos lie: a Python one as its file, a built one without the ending."""
    files = re.findall(r'^DEMO\("([^"]+)"', (ROOT / "demos" / "demos.def").read_text(), re.M)
    if not files:
        sys.exit("demos/demos.def lists no demo")
    return [name if name.endswith(".py") else name.split(".")[0] for name in files]


def expected_files(libdir):
    return ({"bin/unknot", f"{libdir}/libunknot.so", f"{libdir}/pkgconfig/unknot.pc",
             f"{libdir}/cmake/unknot/unknot-config.cmake",
             f"{libdir}/cmake/unknot/unknot-config-version.cmake",
             "include/unknot/unknot.h"}
            | {f"{libdir}/unknot/demos/{name}" for name in demos()}
            | {f"share/doc/unknot/{name}" for name in DOCUMENTS})


def check_files(prefix, libdir):
    found = {str(path.relative_to(prefix)) for path in prefix.rglob("*") if not path.is_dir()}
    expected = expected_files(libdir)
    if found != expected:
        sys.exit(f"missing: {sorted(expected - found)}, not expected: {sorted(found - expected)}")


def check_demo(prefix, scratch):
    """The installed command must find the installed library and demo, wherever the tree lies."""
    clean = {"PATH": "/usr/bin:/bin", "HOME": str(scratch)}
    output = succeed([prefix / "bin" / "unknot", "demo", "lock_ab_lucky"], cwd=scratch, env=clean)
    for word in ("lock_A", "lock_B"):
        if word not in output:
            sys.exit(f"the report of lock_ab_lucky does not name {word}:\n{output}")
    if not list(scratch.rglob("lock_ab_lucky.*.rec")):
        sys.exit(f"the demo left no recording in its start directory:\n{output}")


def check_pkg_config(prefix, libdir, version):
    environment = dict(os.environ, PKG_CONFIG_PATH=str(prefix / libdir / "pkgconfig"))
    found = succeed(["pkg-config", "--modversion", "unknot"], env=environment).strip()
    if found != version:
        sys.exit(f"pkg-config says version {found}, not {version}")
    preload = succeed(["pkg-config", "--variable=preload", "unknot"],
                      env=environment).strip()
    if not Path(preload).exists():
        sys.exit(f"pkg-config says the library is {preload}, which does not exist")


ANNOTATED = """
#include <stdio.h>
#include <unknot/unknot.h>
static int lock;
int main(void)
{
    unknot_lock_created(&lock, UNKNOT_RECURSIVE);
    unknot_lock_name(&lock, "the lock");
    unknot_lock_requested(&lock, UNKNOT_WRITE);
    unknot_lock_acquired(&lock, UNKNOT_WRITE);
    unknot_lock_released(&lock);
    unknot_lock_destroyed(&lock);
    puts("ended");
    return 0;
}
"""

# How the address of an absent function comes about differs between all of these.
BUILDS = [("cc", "c", ()), ("cc", "c", ("-O2", "-pedantic", "-std=c99")),
          ("cc", "c", ("-no-pie", "-fno-pie", "-O2")), ("cc", "c", ("-masm=intel",)),
          ("cc", "c", ("-static",)), ("c++", "cpp", ()), ("c++", "cpp", ("-no-pie", "-fno-pie"))]


def check_header(prefix, libdir, scratch):
    """A program with annotations runs the same by itself and watched; watched, they are heard."""
    environment = dict(os.environ, PKG_CONFIG_PATH=str(prefix / libdir / "pkgconfig"))
    flags = succeed(["pkg-config", "--cflags", "unknot"], env=environment).split()
    for compiler, language, options in BUILDS:
        source = scratch / f"annotated.{language}"
        source.write_text(ANNOTATED)
        program = scratch / "annotated"
        succeed([compiler, "-Wall", "-Wextra", "-Wshadow", "-Werror", *options, *flags, source,
                 "-o", program])
        if succeed([program]) != "ended\n":
            sys.exit(f"{compiler} {options}: the annotated program does not run by itself")
        if "-static" in options:
            continue
        output = succeed([prefix / "bin" / "unknot", "run", "--", program], cwd=scratch)
        if "1 lock," not in output or "ended" not in output:
            sys.exit(f"{compiler} {options}: the annotations are not heard:\n{output}")


def check_install(arguments, scratch):
    prefix = scratch / "prefix"
    succeed([arguments.cmake, "--install", arguments.build, "--prefix", prefix])
    check_files(prefix, arguments.libdir)
    check_pkg_config(prefix, arguments.libdir, arguments.version)
    check_header(prefix, arguments.libdir, scratch)
    check_demo(prefix, scratch)


def check_deb(arguments, scratch):
    cpack = Path(arguments.cmake).with_name("cpack")
    succeed([cpack, "-G", "DEB", "-B", scratch, "--config",
             arguments.build / "CPackConfig.cmake"])
    packages = list(scratch.glob("*.deb"))
    if len(packages) != 1:
        sys.exit(f"cpack made {[path.name for path in packages]}, expected one package")
    field = {name: succeed(["dpkg-deb", "--field", packages[0], name]).strip()
             for name in ("Package", "Version", "Depends")}
    if (field["Package"], field["Version"]) != ("unknot", arguments.version):
        sys.exit(f"package fields: {field}")
    for dependency in ("libc6", "libdw1", "libjson-c5", "libunwind8"):
        if not re.search(rf"(^|, ){dependency}\b", field["Depends"]):
            sys.exit(f"the package does not depend on {dependency}: {field['Depends']}")
    succeed(["dpkg-deb", "--extract", packages[0], scratch / "root"])
    check_files(scratch / "root" / "usr", arguments.libdir)
    check_pkg_config(scratch / "root" / "usr", arguments.libdir, arguments.version)
    check_header(scratch / "root" / "usr", arguments.libdir, scratch)
    check_demo(scratch / "root" / "usr", scratch)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["install", "deb"])
    parser.add_argument("--cmake", required=True)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--libdir", required=True, help="below the prefix")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="unknot-package-") as folder:
        check = {"install": check_install, "deb": check_deb}[arguments.kind]
        check(arguments, Path(folder))


if __name__ == "__main__":
    main()
