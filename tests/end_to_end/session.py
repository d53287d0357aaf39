"""Runs programs bare and under `unknot run`, each in a directory of its own."""

import json
import os
import subprocess
import tempfile

RUN_SECONDS = 120
HANG_SECONDS = 4  # how long a program that hangs may run under --timeout


class NoReport(Exception):
    """`unknot run` wrote nothing where it was told to."""


class Session:
    """A scratch directory; use it with `with`."""

    def __init__(self, unknot):
        self.unknot = os.path.abspath(unknot)
        self.directory = tempfile.TemporaryDirectory(prefix="unknot-test-")

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.directory.cleanup()

    def path(self, name):
        return os.path.join(self.directory.name, name)

    def execute(self, command):
        return subprocess.run(
            command,
            cwd=self.directory.name,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=RUN_SECONDS,
            check=False,
            env={k: v for k, v in os.environ.items() if k not in ("LD_PRELOAD", "UNKNOT_OPTIONS")},
        )

    def run_bare(self, program, args):
        """The exit status as `unknot run` would give it, and the result itself."""
        result = self.execute([program, *args])
        status = result.returncode if result.returncode >= 0 else 128 - result.returncode
        return status, result

    def run_watched(self, program, args, options):
        """The result of `unknot run` and the text of its report."""
        output = self.path("report")
        result = self.execute(
            [self.unknot, "run", f"--output={output}", *options, "--", program, *args]
        )
        if not os.path.exists(output) or os.path.getsize(output) == 0:
            raise NoReport(f"no report, exit status {result.returncode}: {result.stderr.strip()}")
        with open(output, encoding="utf-8") as file:
            return result, file.read()

    def run_watched_json(self, program, args, options=()):
        result, text = self.run_watched(
            program, args, ["--format=json", "--show-dismissed", *options]
        )
        return result, json.loads(text)
