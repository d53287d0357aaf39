"""A process that hangs, diagnosed in all formats at once.

Usage: check_diagnosis.py --unknot COMMAND --program HANG: the program of tests/diagnose.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

import all_formats

THREADS_STUCK = 3  # of `hang lock_pair`: two in a circle, and one that joins


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--unknot", required=True)
    parser.add_argument("--program", required=True)
    options = parser.parse_args()
    os.environ["UNKNOT"], os.environ["PROGRAMS"] = options.unknot, os.path.dirname(options.program)
    sys.path.append(str(all_formats.ROOT / "tests" / "diagnose"))
    from diagnosed import Hung  # needs the variables
    with tempfile.TemporaryDirectory() as directory, \
            Hung([options.program, "lock_pair"], THREADS_STUCK) as hung:
        done = subprocess.run(
            [options.unknot, "diagnose", f"--source-root={all_formats.ROOT}", "--output=/dev/null",
             *all_formats.options(), str(hung.pid)], cwd=directory, capture_output=True, text=True,
            stdin=subprocess.DEVNULL, check=False)
        all_formats.expect_equal(done.returncode, 1, "status " + done.stderr)
        report = all_formats.check_all(pathlib.Path(directory), status=1, is_recording=False)
        all_formats.expect_equal([finding["rule"] for finding in report["findings"]], ["circle"],
                             "findings")


if __name__ == "__main__":
    main()
