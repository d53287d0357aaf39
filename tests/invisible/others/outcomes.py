"""Compares the outcomes of many small tests, by themselves and under the shim, name by name.

A script for a program defines attempt(names, setting): it runs the tests in `names` (all, if None)
and returns a dictionary from the name of a test to its outcome; END may be one. main() does so natively and under
the shim. Tests that differ are run natively again, up to --reruns times: only where those native
runs differ among themselves is the difference the test's own, and then it is printed as excused.
Everything else that differs is a failure. The recordings must be there and readable.
"""

import argparse
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile

SKIP = 77  # the exit status that ctest takes as skipped
END = "the run as a whole"  # the name under which attempt() tells how the program ended


class Setting:
    """One run of the program: where it works, in which environment."""

    def __init__(self, folder, shim, timeout):
        folder.mkdir()
        self.folder = folder
        self.timeout = timeout
        self.environment = {key: value for key, value in os.environ.items()
                            if key not in ("LD_PRELOAD", "UNKNOT_OPTIONS")}
        self.environment["LC_ALL"] = "C.UTF-8"
        if shim:
            self.recordings = folder / "recordings"
            self.recordings.mkdir()
            self.environment["LD_PRELOAD"] = str(shim)
            self.environment["UNKNOT_OPTIONS"] = (
                f"record={self.recordings}/%n.%p.%x.rec:exit_report=0")

    def run(self, command, **options):
        """Runs a command to its end; its exit status, as text, and all it wrote."""
        work = self.folder / "work"
        work.mkdir(exist_ok=True)
        process = subprocess.Popen([str(word) for word in command], env=self.environment, cwd=work,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, start_new_session=True,
                                   preexec_fn=_no_core, **options)
        try:
            output, _ = process.communicate(timeout=self.timeout)
            end = _ended(process.returncode)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            end = f"still running after {self.timeout:g} s"
        return end, output.decode("utf-8", "backslashreplace")


def _no_core():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _ended(status):
    return f"exit {status}" if status >= 0 else f"signal {-status}"


def differing(native, watched):
    return sorted(name for name in native.keys() | watched.keys()
                  if native.get(name) != watched.get(name))


def settle(names, native, attempt_again, reruns):
    """Runs `names` natively again; those whose native outcome varies, with all of them."""
    seen = {name: {native.get(name, "did not run")} for name in names}
    for _ in range(reruns):
        steady = [name for name in names if len(seen[name]) == 1]
        if not steady:
            break
        again = attempt_again(steady)
        for name in steady:
            seen[name].add(again.get(name, "did not run"))
    return {name: outcomes for name, outcomes in seen.items() if len(outcomes) > 1}


def report_differences(names, native, watched, excused):
    for name in names:
        outcomes = (f"{native.get(name, 'did not run')} by itself, "
                    f"{watched.get(name, 'did not run')} under the shim")
        if name in excused:
            print(f"excused: {name}: {outcomes}; natively it varies too: "
                  + ", ".join(sorted(excused[name])))
        else:
            print(f"DIFFERS: {name}: {outcomes}")


def recordings_fault(unknot, recordings):
    """Says what is wrong with the recordings of a run, or nothing."""
    files = list(recordings.glob("*.rec"))
    if not files:
        return "no recording was written: was the shim at work?"
    done = subprocess.run([unknot, "report", "--search-limit=100000", recordings],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          errors="replace")
    if done.returncode not in (0, 1) or done.stderr:
        return f"unknot report: exit {done.returncode}\n{done.stderr}"
    print(f"{len(files)} recordings: {(done.stdout.strip().splitlines() or ['nothing'])[-1]}")
    return None


def compare(arguments, attempt, scratch):
    counted = iter(range(1000))

    def attempt_in(names, shim):
        setting = Setting(scratch / str(next(counted)), shim, arguments.timeout)
        return attempt(names, setting), setting

    native, _ = attempt_in(None, None)
    watched, setting = attempt_in(None, arguments.shim.resolve())
    names = differing(native, watched)
    excused = settle(names, native, lambda again: attempt_in(again, None)[0], arguments.reruns)
    report_differences(names, native, watched, excused)
    counts = {}
    for name, outcome in native.items():
        if name != END:
            counts[outcome] = counts.get(outcome, 0) + 1
    print(f"{sum(counts.values())} tests by themselves (" +
          ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())) +
          f"), {len(names) - len(excused)} differ under the shim, {len(excused)} excused")
    fault = recordings_fault(arguments.unknot.resolve(), setting.recordings)
    if fault:
        print(fault)
    return 1 if fault or not counts or len(names) > len(excused) else 0


def parser(description):
    result = argparse.ArgumentParser(description=description)
    result.add_argument("--shim", type=pathlib.Path, required=True, help="libunknot.so")
    result.add_argument("--unknot", type=pathlib.Path, required=True, help="the unknot command")
    result.add_argument("--reruns", type=int, default=10, metavar="N",
                        help="native runs of a test that differs, at most (default: 10)")
    result.add_argument("--timeout", type=float, default=600, metavar="SECONDS",
                        help="longest time for one run (default: 600)")
    result.add_argument("--needs", action="append", default=[], metavar="FILE",
                        help="without this file the test is skipped")
    return result


def main(arguments, attempt):
    for path in arguments.needs:
        if not os.path.exists(path):
            print(f"skipped: {path} is not on this machine")
            sys.exit(SKIP)
    with tempfile.TemporaryDirectory(prefix="invisible-") as scratch:
        sys.exit(compare(arguments, attempt, pathlib.Path(scratch)))
