"""Checks the library file itself: what it exports, what it needs, how it is linked.

Usage: shim_file.py --library FILE --exports FILE [--regenerate]
"""

import argparse
import re
import subprocess
import sys

ALLOWED_NEEDED = {"libc.so.6", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}


def readelf(*arguments):
    return subprocess.run(
        ["readelf", "-W", *arguments], capture_output=True, text=True, check=True
    ).stdout


def exported_symbols(library):
    """Every defined dynamic symbol with its version, as `name` or `name@@VERSION`, sorted."""
    names = set()
    for line in readelf("--dyn-syms", library).splitlines():
        columns = line.split()
        if len(columns) < 8 or not columns[0].rstrip(":").isdigit():
            continue
        binding, visibility, section, name = columns[4], columns[5], columns[6], columns[7]
        if binding in ("GLOBAL", "WEAK") and visibility != "HIDDEN" and section != "UND":
            if section != "ABS":  # the name of a symbol version itself
                names.add(name)
    return sorted(names)


def check_exports(library, expected):
    got = set(exported_symbols(library))
    problems = [f"exported, not in the list: {name}" for name in sorted(got - expected)]
    return problems + [f"in the list, not exported: {name}" for name in sorted(expected - got)]


def check_dynamic_section(library):
    dynamic = readelf("-d", library)
    needed = set(re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic))
    problems = [f"needs {name}" for name in sorted(needed - ALLOWED_NEEDED)]
    if "NODELETE" not in dynamic:
        problems.append("not linked with -z nodelete")
    if "NOW" not in dynamic:
        problems.append("not linked with -z now: a hook could run the lazy resolver")
    if "TEXTREL" in dynamic:
        problems.append("has text relocations")
    if "RPATH" in dynamic or "RUNPATH" in dynamic:
        problems.append("has a library search path of its own")
    return problems


def check_segments(library):
    segments = readelf("-l", library)
    stack = re.search(r"GNU_STACK\s+(?:0x\w+\s+){5}(\w+)", segments)
    if stack is None or "E" in stack.group(1):
        return ["has an executable stack"]
    return []


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--library", required=True)
    parser.add_argument("--exports", required=True)
    parser.add_argument("--regenerate", action="store_true")
    options = parser.parse_args()
    if options.regenerate:
        with open(options.exports, "w", encoding="utf-8") as file:
            file.writelines(name + "\n" for name in exported_symbols(options.library))
        return 0
    with open(options.exports, encoding="utf-8") as file:
        expected = set(file.read().split())
    problems = check_exports(options.library, expected)
    problems += check_dynamic_section(options.library)
    problems += check_segments(options.library)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
