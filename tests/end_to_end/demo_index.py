"""Holds demos/README.md and the demo sources against demos/demos.def, the list of the demos.

Usage: demo_index.py DEMOS_DIRECTORY
"""

import os
import re
import sys

import expectation

LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
LITERALS = r'((?:"(?:[^"\\]|\\.)*"\s*)+)'
ENTRY = re.compile(rf'^DEMO\("(\w+)",\s*{LITERALS},\s*{LITERALS}\)', re.M)


def text_of(literals):
    return "".join(LITERAL.findall(literals)).replace('\\"', '"')


def check(directory):
    def read(name):
        with open(os.path.join(directory, name), encoding="utf-8") as file:
            return file.read()

    demos = [(m[1], text_of(m[2]), text_of(m[3])) for m in ENTRY.finditer(read("demos.def"))]
    rows = re.findall(r"^\| \[(\w+)\]\((\w+)\.c\) \| (.*) \| (.*) \|$", read("README.md"), re.M)
    problems = [] if demos else ["demos.def: no demo found"]
    expected = [(name, name, text.replace('"', "`"), verdict) for name, text, verdict in demos]
    if rows != expected:
        problems.append("README.md: the table differs from demos.def")
    for name, _, verdict in demos:
        wanted = expectation.parse(read(name + ".c"))
        if verdict.startswith("clean") != wanted.clean:
            problems.append(f"{name}: demos.def and the header comment disagree")
    sources = {entry[:-2] for entry in os.listdir(directory) if entry.endswith(".c")}
    problems += [f"{name}.c is not in demos.def" for name in sources - {d[0] for d in demos}]
    return problems


def main():
    problems = check(sys.argv[1])
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
