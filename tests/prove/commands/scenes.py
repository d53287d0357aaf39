"""The demos, recorded; and what plans say with what differs from build to build masked."""

import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "end_to_end/command_line"))
from cases import ROOT, expect_equal, expect_in, expect_one_line, main, unknot  # noqa: E402,F401

BUILD = pathlib.Path(os.environ["UNKNOT_BUILD"])
DEADLOCK = 66


def demo(name):
    return str((BUILD / "bin/demos" / name).resolve())


def recorded(name, *arguments, options=()):
    """Runs a demo; the folder of its recording."""
    folder = f"{name}.data"
    unknot("run", f"--data={folder}", *options, "--", demo(name), *arguments)
    return folder


def recorded_deadlock(name, *arguments):
    """The same of one that nearly always deadlocks."""
    for _ in range(5):
        folder = recorded(name, *arguments)
        report = unknot("report", folder).out
        if "deadlock (happened)" in report:
            return folder
    raise AssertionError(f"{name} did not deadlock:\n{report}")


def plan_of(*arguments):
    """What a test that is written has for a plan."""
    result = unknot("reproduce", "--emit-test=test.cmake", *arguments)
    expect_equal(result.status, 0, f"status ({result.err})")
    return pathlib.Path("test.plan").read_text(encoding="utf-8")


def masked(plan):
    """Addresses and build-ids are the build's."""
    plan = re.sub(r"\+0x[0-9a-f]+", "+0xN", plan)
    return re.sub(r"(?m)^(module \S+) [0-9a-f]+$", r"\1 ID", plan)


def expect_file(text, name):
    """The text is that of expected/NAME."""
    path = HERE / "expected" / name
    if os.environ.get("REGENERATE"):
        path.write_text(text, encoding="utf-8")
    expect_equal(text, path.read_text(encoding="utf-8"), name)


def compiled(name, source, *flags):
    """Builds the program from its source; its path."""
    path = pathlib.Path(name).resolve()
    subprocess.run(["cc", "-g", "-O1", "-D_GNU_SOURCE", "-fno-inline", "-I", str(ROOT),
                    "-o", str(path), str(source), "-pthread", *flags], check=True)
    return str(path)


def swapped_demo(name, first, second):
    """The demo's source with two lines in the other order, where they follow each other once."""
    text = (ROOT / "demos" / f"{name}.c").read_text(encoding="utf-8")
    old = f"    {first}\n    {second}\n"
    expect_equal(text.count(old), 1, f"{old!r} in {name}")
    path = pathlib.Path(f"{name}.c")
    path.write_text(text.replace(old, f"    {second}\n    {first}\n"), encoding="utf-8")
    return path
