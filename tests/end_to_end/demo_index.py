"""Holds demos/README.md and the demo sources against demos/demos.def, the list of the demos.

Usage: demo_index.py DEMOS_DIRECTORY
"""

import os
import re
import sys

import expectation

LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
LITERALS = r'((?:"(?:[^"\\]|\\.)*"\s*)+)'
LISTED = re.compile(
    rf"^GROUP\({LITERALS}\)|^DEMO\({LITERALS},\s*{LITERALS},\s*{LITERALS}\)", re.M
)
SHOWN = re.compile(r"^## (.*)$|^\| \[([\w/]+)\]\(([\w/.]+)\) \| (.*) \| (.*) \|$", re.M)
SOURCES = (".c", ".cpp", ".py")


def text_of(literals):
    return "".join(LITERAL.findall(literals)).replace('\\"', "`")


def listed(text):
    """The groups and demos of demos.def, as the README must show them."""
    entries = []
    for match in LISTED.finditer(text):
        if match[1]:
            entries.append((text_of(match[1]),))
        else:
            file = text_of(match[2])
            name = os.path.splitext(file)[0]
            entries.append((name, file, text_of(match[3]), text_of(match[4])))
    return entries


def shown(text):
    return [tuple(filter(None, match.groups())) for match in SHOWN.finditer(text)]


def sources_below(directory):
    for folder, _, files in os.walk(directory):
        for file in files:
            if file.endswith(SOURCES):
                yield os.path.relpath(os.path.join(folder, file), directory)


def check(directory):
    def read(name):
        with open(os.path.join(directory, name), encoding="utf-8") as file:
            return file.read()

    entries = listed(read("demos.def"))
    demos = [entry for entry in entries if len(entry) > 1]
    problems = [] if demos else ["demos.def: no demo found"]
    if shown(read("README.md")) != entries:
        problems.append("README.md: the tables differ from demos.def")
    for _, file, _, verdict in demos:
        wanted = expectation.parse(read(file))
        if verdict.startswith("clean") != wanted.clean:
            problems.append(f"{file}: demos.def and the header comment disagree")
        if ("not yet judged" in verdict) != ("not yet judged" in read(file)):
            problems.append(f"{file}: only one of demos.def and the comment says 'not yet judged'")
    files = {demo[1] for demo in demos}
    problems += [f"{file} is not in demos.def" for file in set(sources_below(directory)) - files]
    return problems


def main():
    problems = check(sys.argv[1])
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
