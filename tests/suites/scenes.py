"""Runs of the program scene.c, under the library, and what is reported of them together."""

import json
import os
import pathlib
import subprocess
import sys

import jsonschema

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "end_to_end/command_line"))

from cases import (  # noqa: E402,F401
    ROOT, UNKNOT, compiled, expect_equal, expect_in, expect_not_in, expect_one_line, main, skip, unknot)

BUILD = pathlib.Path(os.environ["UNKNOT_BUILD"])
SCENES = BUILD / "tests/suites"
LIBRARY = BUILD / "lib/libunknot.so"


def record(folder, *runs):
    """Runs each, a program (suite_NAME) and its words; all recordings lie in `folder`."""
    os.makedirs(folder, exist_ok=True)
    where = pathlib.Path(folder).resolve() / "%n.%p.%x.rec"
    environment = dict(os.environ, LD_PRELOAD=str(LIBRARY), UNKNOT_OPTIONS=f"record={where}")
    for run in runs:
        program, *words = run.split()
        done = subprocess.run([SCENES / f"suite_{program}", *words], env=environment,
                              stderr=subprocess.PIPE, check=False, text=True)
        expect_equal(done.returncode, 0, f"status of {run}: {done.stderr}")


def report(*arguments):
    """The JSON report, which keeps to its schema."""
    done = unknot("report", "--format=json", *arguments)
    assert done.status in (0, 1), done.err
    document = json.loads(done.out)
    jsonschema.validate(document, json.loads((ROOT / "docs/report-schema.json").read_text()))
    return document


def split(found):
    """The findings that no recording shows alone."""
    return [finding for finding in found["findings"] if finding.get("split")]


def locks_of(finding):
    return sorted(lock["name"] for lock in finding["locks"])


def recordings_of(finding):
    return sorted(step["thread"].split()[1].split(".")[0].removeprefix("suite_") for step in finding["steps"])


def shell(command, **keywords):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          stdin=subprocess.DEVNULL, check=False, **keywords)
