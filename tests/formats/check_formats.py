"""Runs a program once with all formats at once and checks the reports.

Usage: check_formats.py --unknot COMMAND --keep DIR --name NAME [--misuse SOURCE] [--hang]
                        -- PROGRAM [ARGUMENTS...]

With --hang the program runs once more, told to hang. With --misuse it runs as the header comment of
that source says. Its SARIF is kept in DIR for multitool.py.
"""

import argparse
import pathlib
import shutil
import sys

import all_formats

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path += [str(TESTS / "end_to_end"), str(TESTS / "misuse")]
from check_misuse import parse  # noqa: E402 (needs the path)
from session import HANG_SECONDS, Session  # noqa: E402

STATUS_FOUND = 66
PATIENCE_SECONDS = 20  # with a demo that goes on for ever in a way that nobody sees


def check(options, arguments, own_options, suffix="", must_find=None, seconds=PATIENCE_SECONDS):
    with Session(options.unknot) as session:
        directory = pathlib.Path(session.directory.name)
        done = session.execute(
            [session.unknot, "run", "--ci", f"--timeout={seconds}", "--output=/dev/null",
             f"--source-root={all_formats.ROOT}", *own_options, *all_formats.options(), "--",
             *options.program, *arguments])
        report = all_formats.check_all(directory, status=done.returncode)
        rules = [finding["rule"] for finding in report["findings"]]
        all_formats.expect_equal(done.returncode == STATUS_FOUND, bool(rules), "status and findings")
        all_formats.expect(must_find is None or must_find in rules, f"no {must_find}", rules)
        options.keep.mkdir(parents=True, exist_ok=True)
        shutil.copy(directory / all_formats.FORMATS["sarif"],
                    options.keep / f"{options.name.replace('/', '-')}{suffix}.sarif")
    print(f"{options.name}{suffix}: {rules or 'clean'}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--unknot", required=True)
    parser.add_argument("--keep", required=True, type=pathlib.Path)
    parser.add_argument("--name", required=True)
    parser.add_argument("--misuse", type=pathlib.Path)
    parser.add_argument("--hang", action="store_true")
    parser.add_argument("program", nargs="+")
    options = parser.parse_args()
    if options.misuse is not None:
        expectation = parse(options.misuse.read_text(encoding="utf-8"))
        variant = "bad" if expectation.rule else expectation.silent[0]
        check(options, [variant], expectation.options,
              must_find=expectation.rule or None)
        return
    check(options, [], [])
    if options.hang:
        check(options, ["hang"], [], ".hang", seconds=HANG_SECONDS)


if __name__ == "__main__":
    main()
