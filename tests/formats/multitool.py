"""Validates SARIF logs with Microsoft's SARIF multitool, from npm.

Usage: multitool.py LOGS INSTALLATION: the folder of the logs, and one to install the tool into once.

The tool ends with 0 whatever it finds, and says nothing of a file that it cannot read at all. So
each log must be named in its output (it misses an address of the project's home page in ours), and
a log that was made invalid must be an error: else the tool does not do here what it is for.
"""

import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys

PACKAGE = "@microsoft/sarif-multitool-linux"
VERSION = "5.7.0"
SKIPPED = 77
SHOWN_MAX = 20
INSTALL_SECONDS, VALIDATE_SECONDS = 240, 400
LINE = re.compile(r"^(/.*\.sarif)\(\d+,\d+\): (error|warning) (\w+): (.*)$", re.M)
NO_HOME_PAGE = "SARIF2005"
NO_LINE = "SARIF2017"  # where nothing but an address in a stripped file is known


def skip(reason):
    print("skipped:", reason)
    sys.exit(SKIPPED)


def install(directory):
    tool = directory / "node_modules" / PACKAGE / "Sarif.Multitool"
    if platform.machine() != "x86_64":
        skip(f"{PACKAGE} is for x86-64")
    if not tool.exists() and shutil.which("npm") is None:
        skip("there is no npm")
    if not tool.exists():
        try:
            done = subprocess.run(
                ["npm", "install", "--prefix", directory, "--no-save", "--ignore-scripts",
                 "--no-audit", "--no-fund", f"{PACKAGE}@{VERSION}"],
                capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            skip("npm could not install it in time")
        if done.returncode != 0:
            skip(f"npm could not install it: {done.stderr.strip().splitlines()[-1:]}")
    tool.chmod(0o755)
    return tool


def problems_of(tool, logs):
    """{log: its errors}, of those that the tool read."""
    done = subprocess.run([tool, "validate", *logs, "--level", "Error;Warning"],
                          capture_output=True, text=True, timeout=VALIDATE_SECONDS, check=False,
                          env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"})
    found = {}
    for path, level, rule, text in LINE.findall(done.stdout + done.stderr):
        errors = found.setdefault(pathlib.Path(path), [])
        if level == "error" or rule not in (NO_HOME_PAGE, NO_LINE):
            errors.append(f"{rule}: {text[:200]}")
    return found


def invalid(log, directory):
    """A copy in which a line is numbered 0."""
    document = json.loads(log.read_text())
    location = document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    location["region"]["startLine"] = 0
    path = directory / "invalid.sarif"
    path.write_text(json.dumps(document))
    return path


def main():
    logs = sorted(pathlib.Path(sys.argv[1]).resolve().glob("*.sarif"))
    directory = pathlib.Path(sys.argv[2]).resolve()
    directory.mkdir(parents=True, exist_ok=True)
    tool = install(directory)
    bad = invalid(next(log for log in logs if "lock_ab_lucky" in log.name), directory)
    if not problems_of(tool, [bad]).get(bad):
        sys.exit("the tool finds nothing wrong in an invalid log")
    found = problems_of(tool, logs)
    wrong = [f"{log.name}: not read" for log in logs if log not in found]
    wrong += [f"{log.name}: {error}" for log, errors in found.items() for error in errors]
    print("\n".join(wrong[:SHOWN_MAX]))
    print(f"{len(logs)} logs, {len(wrong)} problems")
    sys.exit(1 if wrong or not logs else 0)


if __name__ == "__main__":
    main()
