"""Does what a report says is all there is to do: applies the edits of each verified fix that is
complete to a copy of the program, builds it and runs it under the library. It has to build without a
warning, to print what it should, and to have no finding any more. Kinds that have to be among the
complete ones tells the program's line `complete:`, and which must not its line `incomplete:`.

Usage: apply_edits.py --unknot COMMAND --source FILE [--all]
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
COMPILERS = {".c": ["cc", "-std=gnu11"], ".cpp": ["c++", "-std=c++17"]}
TIMEOUT_SECONDS = 30


def kinds_of(source, word):
    """Those that the program's header names so."""
    found = re.search(rf"^ \* {word}: ([a-z -]+?)(?: \*/)?$", source.read_text(), re.MULTILINE)
    return set(found.group(1).split()) if found else set()


def build(source):
    program = source.with_suffix("")
    subprocess.run([*COMPILERS[source.suffix], "-g", "-O0", "-Wall", "-Wextra", "-Werror",
                    f"-I{ROOT}", str(source), "-o", str(program), "-pthread"],
                   check=True, timeout=TIMEOUT_SECONDS)
    return program


def watch(unknot, program):
    """The report, and what the program printed."""
    done = subprocess.run([unknot, "run", "--format=json:report.json", "--output=/dev/null",
                           "--timeout=20", "--", program], cwd=program.parent,
                          capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False)
    return json.loads((program.parent / "report.json").read_text()), done.stdout


def applied(text, edits):
    """Line by line, the last first, so that the numbers of the others stay."""
    lines = text.splitlines(keepends=True)
    for edit in reversed(edits):
        at = edit["line"] - 1
        lines[at:at + edit["replaced"]] = edit["text"].splitlines(keepends=True)
    return "".join(lines)


def check(unknot, folder, source, fix, told):
    """None, or what is wrong; the copy lies in the folder."""
    files = {edit["file"] for edit in fix["edits"]}
    if files != {str(source)}:
        return f"edits of {files}"
    copy = folder / source.name
    copy.parent.mkdir()
    copy.write_text(applied(source.read_text(), fix["edits"]))
    try:
        report, printed = watch(unknot, build(copy))
    except subprocess.SubprocessError as error:
        return f"{error}\n{copy.read_text()}"
    if report["findings"]:
        return f"{[finding['title'] for finding in report['findings']]}\n{copy.read_text()}"
    if told is not None and printed != told:
        return f"it printed {printed!r}, not {told!r}"
    return None


def complete_after_a_change(unknot, source):
    """What is said of the same recording then: nothing is complete."""
    os.utime(source)
    done = subprocess.run([unknot, "report", "--format=json", "unknot.data"], cwd=source.parent,
                          capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False)
    finding, = json.loads(done.stdout)["findings"]
    return [fix["kind"] for fix in finding["fixes"] if fix.get("complete")]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--unknot", type=lambda path: pathlib.Path(path).resolve(), required=True)
    parser.add_argument("--source", type=pathlib.Path, required=True)
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args()
    wrong = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name).resolve()
        source = folder / options.source.name
        source.write_text(options.source.read_text())
        report, printed = watch(options.unknot, build(source))
        finding, = report["findings"]
        told = None if finding["kind"].endswith("deadlock") else printed
        complete = [fix for fix in finding["fixes"]
                    if fix["verified"] and fix["complete"]]
        kinds = [fix["kind"] for fix in complete]
        missing = kinds_of(options.source, "complete") - set(kinds)
        if missing or not complete:
            wrong.append(f"not complete: {missing}, but {kinds}: {json.dumps(finding['fixes'])}")
        too_many = kinds_of(options.source, "incomplete") & set(kinds)
        if too_many:
            wrong.append(f"complete: {too_many}")
        if complete_after_a_change(options.unknot, source):
            wrong.append("complete, though the source was changed after the recording")
        for number, fix in enumerate(complete if options.all else complete[:1]):
            fault = check(options.unknot, folder / str(number), source, fix, told)
            if fault is not None:
                wrong.append(f"{fix['kind']}: {fault}")
            else:
                print(f"{fix['kind']}: builds, and has no finding")
    sys.stdout.write("".join(f"{line}\n" for line in wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
