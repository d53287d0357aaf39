"""Runs one case of a script in a directory of its own, with the unknot command at hand."""

import os
import pathlib
import subprocess
import sys
import tempfile

UNKNOT = os.environ["UNKNOT"]
ROOT = pathlib.Path(__file__).resolve().parents[3]
SKIPPED = 77


class Result:
    def __init__(self, done):
        self.status = done.returncode
        self.out, self.err = done.stdout, done.stderr


def unknot(*arguments, **keywords):
    keywords.setdefault("stdin", subprocess.DEVNULL)
    keywords.setdefault("stdout", subprocess.PIPE)
    return Result(subprocess.run([UNKNOT, *map(str, arguments)], stderr=subprocess.PIPE,
                                 text=True, **keywords))


def expect_equal(got, wanted, what="value"):
    if got != wanted:
        raise AssertionError(f"{what}: expected {wanted!r}, got {got!r}")


def expect_in(part, text):
    if part not in text:
        raise AssertionError(f"expected {part!r} in:\n{text}")


def expect_not_in(part, text):
    if part in text:
        raise AssertionError(f"did not expect {part!r} in:\n{text}")


def expect_one_line(text, *parts):
    """The whole of `text` is one clear line of ours with these parts in it."""
    lines = text.splitlines()
    if len(lines) != 1 or not lines[0].startswith("unknot"):
        raise AssertionError(f"expected one line of ours, got:\n{text}")
    for part in parts:
        expect_in(part, text)


def compiled(name, source, *flags, compiler="cc"):
    """Builds `source` in the current directory; its path."""
    path = pathlib.Path(name + (".cc" if compiler == "c++" else ".c"))
    path.write_text(source)
    subprocess.run([compiler, "-g", "-o", name, path, *flags], check=True)
    return str(pathlib.Path(name).resolve())


def skip(reason):
    print("skipped:", reason)
    sys.exit(SKIPPED)


def main(module):
    case = getattr(module, sys.argv[1])
    for variable in ("UNKNOT_OPTIONS", "LD_PRELOAD", "NO_COLOR", "DEBUGINFOD_URLS"):
        os.environ.pop(variable, None)
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        case()
        os.chdir("/")
