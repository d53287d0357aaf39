"""Runs `unknot run`, `confirm` and `reproduce` on one program, in a directory of its own."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "end_to_end"))
from session import Session  # noqa: E402

STATUS_DEADLOCK = 66
RECORD_SECONDS = 10
TRY_SECONDS = 300  # one `confirm`, which runs the program up to ten times
POLL_SECONDS = 0.1
ASLEEP_POLLS = 8  # in a row, at which all threads of a program that never sleeps do


class NotRecorded(Exception):
    """The program could not be recorded as the case needs it."""


def is_asleep(pid):
    """Whether all threads of the process wait for something."""
    try:
        stats = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/stat")]
    except OSError:  # one of them has just ended
        return False
    return all(stat.rpartition(")")[2].split()[0] == "S" for stat in stats)


def wait_for_end_or_hang(process, seconds):
    """The status of a program that never sleeps; None: it hangs."""
    end, polls = time.monotonic() + seconds, 0
    while polls < ASLEEP_POLLS and time.monotonic() < end:
        try:
            return process.wait(timeout=POLL_SECONDS)
        except subprocess.TimeoutExpired:
            polls = polls + 1 if is_asleep(process.pid) else 0
    return None


def wait_for_end(process, seconds):
    try:
        return process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        return None


class SteeredSession(Session):
    """A scratch directory with the recordings of one program; use it with `with`."""

    def __init__(self, unknot):
        super().__init__(unknot)
        self.data = self.path("recorded")
        self.results = self.path("results")

    def execute(self, command, seconds=TRY_SECONDS, wait=wait_for_end):
        """None as the status: it took too long, and was killed with all that it started."""
        environment = {
            k: v for k, v in os.environ.items() if k not in ("LD_PRELOAD", "UNKNOT_OPTIONS")
        }
        environment["UNKNOT_PROVE_RESULTS"] = self.results
        with open(self.path("output"), "w+", encoding="utf-8", errors="replace") as output:
            process = subprocess.Popen(
                command, cwd=self.directory.name, stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, start_new_session=True, env=environment)
            status = wait(process, seconds)
            if status is None:
                os.killpg(process.pid, 9)
                process.wait()
            output.seek(0)
            return subprocess.CompletedProcess(command, status, output.read(), "")

    def record(self, command, wanted, attempts=5):
        """Runs the program under the library until its report has what is wanted: `wanted(report)`
        gives a finding, or None. Returns that and the report."""
        report = None
        for _ in range(attempts):
            path = self.path("report.json")
            result = self.execute([self.unknot, "run", f"--data={self.data}", "--show-dismissed",
                                   f"--timeout={RECORD_SECONDS}", f"--format=json:{path}",
                                   "--", *command])
            if not os.path.exists(path):
                raise NotRecorded(f"no report: {result.stdout.strip()}")
            report = json.loads(Path(path).read_text(encoding="utf-8"))
            finding = wanted(report)
            if finding is not None:
                return finding, report
        return None, report

    def confirm(self, finding, command, runs, pause_ms=None):
        pause = [f"--pause={pause_ms}"] if pause_ms else []
        return self.execute([self.unknot, "confirm", f"--tries={runs}", *pause, self.data,
                             str(finding["id"]), "--", *command])

    def reproduce(self, finding, command):
        return self.execute([self.unknot, "reproduce", self.data, str(finding["id"]), "--",
                             *command])

    def try_fix(self, finding, number, command):
        """Runs the program with fix `number` of the finding applied to it."""
        return self.execute([self.unknot, "run", f"--try-fix={self.data}:{finding['id']}:{number}",
                             f"--timeout={RECORD_SECONDS}", "--", *command])

    def wrong_results(self):
        """What the program said of its own results in the runs since, if anything was wrong."""
        if not os.path.exists(self.results):
            return []
        lines = Path(self.results).read_text(encoding="utf-8").splitlines()
        return [line for line in lines if not re.match(r"right -?\d+$", line)]
