"""Programs that hang, and what `unknot diagnose` says of them: as a process and as a core."""

import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile
import time

import jsonschema

UNKNOT = os.environ["UNKNOT"]
PROGRAMS = pathlib.Path(os.environ["PROGRAMS"])
SCHEMA = pathlib.Path(__file__).resolve().parents[2] / "docs" / "report-schema.json"
SKIPPED = 77
PATIENCE_S = 60
FUTEX = "202"


def skip(reason):
    print("skipped:", reason)
    sys.exit(SKIPPED)


def expect(condition, what, evidence=""):
    if not condition:
        raise AssertionError(f"{what}\n{evidence}")


def expect_equal(got, wanted, what, evidence=""):
    expect(got == wanted, f"{what}: expected {wanted!r}, got {got!r}", evidence)


def _system_calls(pid):
    calls = []
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            calls.append((task / "syscall").read_text().split()[0])
        except (FileNotFoundError, ProcessLookupError):
            pass
    return calls


def wait_for_sleep(pid, in_futex, threads=None):
    """Until so many threads of the process sleep in a futex for a while, of so many threads."""
    deadline = time.monotonic() + PATIENCE_S
    steady = 0
    while time.monotonic() < deadline:
        calls = _system_calls(pid)
        right = calls.count(FUTEX) == in_futex and (threads is None or len(calls) == threads)
        steady = steady + 1 if right else 0
        if steady == 5:
            return
        time.sleep(0.01)
    raise AssertionError(f"{in_futex} threads never slept in futexes: {_system_calls(pid)}")


class Hung:
    """A program that was started and has come to where it hangs; without a number of threads in
    futexes, one that is still to be made to."""

    def __init__(self, command, in_futex=None, threads=None, child=False):
        self.process = subprocess.Popen([str(part) for part in command],
                                        stdout=subprocess.PIPE, text=True)
        self.pid = self.process.pid
        try:
            if child:
                self.pid = int(self.process.stdout.readline())
            if in_futex is not None:
                wait_for_sleep(self.pid, in_futex, threads)
        except BaseException:
            self.__exit__()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.pid != self.process.pid:
            os.kill(self.pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def core(self):
        """Its core, in the current directory."""
        done = subprocess.run(["gcore", "-o", "core", str(self.pid)], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True)
        path = f"core.{self.pid}"
        expect(os.path.exists(path), "gcore made no core", done.stdout)
        return path


    def kernel_core(self):
        """The core that the kernel makes of it when it is killed so."""
        pattern = pathlib.Path("/proc/sys/kernel/core_pattern").read_text().strip()
        if "/" in pattern or pattern.startswith("|") or "%" in pattern:
            skip(f"cores go elsewhere here: {pattern}")
        resource.prlimit(self.pid, resource.RLIMIT_CORE, (-1, -1))
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()
        cores = sorted(pathlib.Path(".").glob(pattern + "*"))
        expect(cores, "the kernel made no core")
        return str(cores[0])


class Diagnosis:
    """What diagnose says: its text, and the same as data."""

    def __init__(self, target, *options):
        done = subprocess.run([UNKNOT, "diagnose", *options, str(target)],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              stdin=subprocess.DEVNULL, timeout=PATIENCE_S)
        self.status, self.text, self.errors = done.returncode, done.stdout, done.stderr

    def expect_text(self, *parts):
        for part in parts:
            expect(part in self.text, f"expected {part!r} in:", self.text + self.errors)


def diagnose_json(target):
    diagnosis = Diagnosis(target, "--format=json")
    expect_equal(diagnosis.errors, "", "standard error")
    document = json.loads(diagnosis.text)
    jsonschema.validate(document, json.loads(SCHEMA.read_text()))
    return diagnosis.status, document


def place(step):
    """(function, line) of the program's innermost frame; libraries' frames have other files."""
    for frame in step["request_stack"]:
        if pathlib.Path(frame.get("file", "")).name.startswith(("hang", "lock_ab")):
            return frame["function"].split("(")[0].split("::")[-1], frame["line"]
    return None, 0


def line_of(source, text, after=""):
    """The number of the first line of a source file with this text, after the line with that."""
    passed = False
    for number, line in enumerate(pathlib.Path(source).read_text().splitlines(), 1):
        passed = passed or after in line
        if passed and text in line:
            return number
    raise AssertionError(f"no {text!r} after {after!r} in {source}")


def main(module):
    case = getattr(module, sys.argv[1])
    for variable in ("UNKNOT_OPTIONS", "LD_PRELOAD", "NO_COLOR", "DEBUGINFOD_URLS"):
        os.environ.pop(variable, None)
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        case()
