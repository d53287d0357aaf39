"""Runs a real program bare and under the library, and compares what it did.

A program's file defines play(scene), which drives the program and returns facts: a dictionary of
what must not depend on the library (exit statuses, output, hashes, counts). main() plays it
twice, compares the facts, reads the recordings with `unknot report` and leaves everything it saw
in the folder it was given:

    bare/ watched/    the standard error of every command; after a failure also the data
    recordings/       one file per process
    report.txt        what `unknot report` says
    findings.json     the same for machines
"""

import argparse
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPORT_STATUS = {0: "clean", 1: "findings"}


class Failure(Exception):
    """The program did not behave; the text says how."""


def sha256(data):
    if isinstance(data, Path):
        data = data.read_bytes()
    return hashlib.sha256(data).hexdigest()


def sample_data(size_bytes):
    """Bytes that compress about as well as text, the same in every run."""
    words = [sha256(str(number).encode())[: 3 + number % 9] for number in range(2000)]
    pieces, length, state = [], 0, 1
    while length < size_bytes:
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        pieces.append(words[(state >> 8) % len(words)])
        length += len(pieces[-1]) + 1
    return " ".join(pieces).encode()[:size_bytes]


def backtraces(group):
    """Where every thread of a hung process and its children is, as far as gdb can tell."""
    if not shutil.which("gdb"):
        return "(no backtrace: gdb is not installed)"
    pids = subprocess.run(["pgrep", "-g", str(group)], stdout=subprocess.PIPE, text=True).stdout
    texts = []
    for pid in pids.split():
        done = subprocess.run(["gdb", "-batch", "-p", pid, "-ex", "thread apply all backtrace 30"],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120,
                              stdin=subprocess.DEVNULL, text=True, errors="replace")
        texts.append(f"process {pid}:\n{done.stdout}")
    return "\n".join(texts)


def describe_status(status):
    if status < 0:
        return f"killed by {signal.Signals(-status).name}"
    return f"exit status {status}"


class Scene:
    """One play: a scratch folder, and commands that run in it, bare or watched."""

    def __init__(self, folder, environment):
        self.folder = folder
        self.bare = {key: value for key, value in os.environ.items()
                     if key not in ("LD_PRELOAD", "UNKNOT_OPTIONS")}
        self.bare["LC_ALL"] = "C.UTF-8"
        self.bare["PATH"] += ":/usr/sbin:/sbin"  # Debian keeps mariadbd there
        self.watched = {**self.bare, **environment}
        self.servers = []
        self.commands = 0
        self.spoken = {}
        # A socket's path must be short, wherever the build tree lies.
        self.socket_folder = tempfile.TemporaryDirectory(prefix="unknot-real-")
        self.socket = Path(self.socket_folder.name) / "sock"
        folder.mkdir(parents=True)

    def _log(self, argv):
        self.commands += 1
        return self.folder / f"{self.commands:02}-{Path(argv[0]).name}.stderr"

    def run(self, argv, watched=True, timeout=120, status=0, **options):
        """Runs a command to its end and returns its standard output; any other exit status than
        the one expected is a failure. What a watched command says on standard error is a fact."""
        argv = [str(word) for word in argv]
        log = self._log(argv)
        with log.open("wb") as stderr:
            process = subprocess.Popen(
                argv, cwd=options.pop("cwd", self.folder), stderr=stderr, stdout=subprocess.PIPE,
                env={**(self.watched if watched else self.bare), **options.pop("environment", {})},
                stdin=subprocess.PIPE if "input" in options else subprocess.DEVNULL,
                start_new_session=True)
            try:
                output, _ = process.communicate(options.pop("input", None), timeout)
            except subprocess.TimeoutExpired:
                where = backtraces(process.pid)
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
                raise Failure(f"{argv[0]} hung for {timeout} s:\n{where}") from None
        if process.returncode != status:
            raise Failure(f"{' '.join(argv)}: {describe_status(process.returncode)}, expected "
                          f"{status}\n{log.read_text(errors='replace')[-4000:]}")
        if watched:
            text = log.read_text(errors="replace").replace(str(self.folder), "FOLDER")
            self.spoken[f"standard error of {Path(argv[0]).name} {len(self.spoken) + 1}"] = text
        return output

    def tool(self, argv, **options):
        """A helper that is not under test: always bare."""
        return self.run(argv, watched=False, **options)

    def serve(self, argv, ready, timeout=60):
        """Starts a server and waits until ready() is true."""
        argv = [str(word) for word in argv]
        with self._log(argv).open("wb") as log:
            server = subprocess.Popen(argv, cwd=self.folder, env=self.watched, stdout=log,
                                      stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
        self.servers.append(server)
        self.wait_until(ready, f"{argv[0]} to answer", server, timeout)
        return server

    def wait_until(self, condition, what, server, timeout=60):
        deadline = time.monotonic() + timeout
        while not condition():
            if server.poll() is not None:
                raise Failure(f"waiting for {what}: {describe_status(server.returncode)}")
            if time.monotonic() > deadline:
                raise Failure(f"waited {timeout} s for {what}:\n{backtraces(server.pid)}")
            time.sleep(0.05)

    def end(self, server, timeout=60):
        """Waits for a server that was told to stop; returns its exit status."""
        try:
            status = server.wait(timeout)
        except subprocess.TimeoutExpired:
            raise Failure(f"{server.args[0]} did not stop within {timeout} s:\n"
                          f"{backtraces(server.pid)}") from None
        self.servers.remove(server)
        return status

    def close(self):
        for server in self.servers:
            if server.poll() is None:
                os.killpg(server.pid, signal.SIGKILL)
                server.wait()
        self.socket_folder.cleanup()

    def clear(self):
        """Drops the data the program worked on; what it said stays."""
        for entry in self.folder.iterdir():
            if entry.is_dir():
                shutil.rmtree(entry)
            elif entry.suffix not in (".stderr", ".log"):
                entry.unlink()


def perform(play, folder, environment):
    scene = Scene(folder, environment)
    start = time.monotonic()
    try:
        facts = {**play(scene), **scene.spoken}
    finally:
        scene.close()
    print(f"{folder.name}: {len(facts)} facts in {time.monotonic() - start:.1f} s", flush=True)
    scene.clear()
    return facts


def compare(bare, watched):
    differences = [f"  {key}: bare {bare.get(key)!r}, watched {watched.get(key)!r}"
                   for key in sorted(bare.keys() | watched.keys())
                   if bare.get(key) != watched.get(key)]
    if differences:
        raise Failure("the library changed what the program does:\n" + "\n".join(differences))


def unknot_report(command, recordings, options, output):
    done = subprocess.run([command, "report", *options, recordings], timeout=300,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    output.write_text(done.stdout + done.stderr)
    if done.returncode not in REPORT_STATUS:
        raise Failure(f"unknot report: {describe_status(done.returncode)}\n{done.stderr}")
    return done


def check_report(command, recordings, programs, folder):
    """The recordings must be there and readable; returns one line about what they say."""
    files = list(recordings.glob("*.rec"))
    for program in programs:
        if not list(recordings.glob(f"{program}.*.rec")):
            raise Failure(f"{program} left no recording: was the library loaded at all?")
    done = unknot_report(command, recordings, [], folder / "report.txt")
    as_json = unknot_report(command, recordings, ["--format=json"], folder / "findings.json")
    try:
        report = json.loads(as_json.stdout)
    except ValueError as error:
        raise Failure(f"unknot report --format=json is not JSON: {error}") from None
    return (f"{REPORT_STATUS[done.returncode]}: {len(report['findings'])} findings in "
            f"{len(files)} recordings, complete: {report['complete']}, lost: {report['lost']}")


def main(play, *programs):
    """`programs` are the names of the processes that must leave a recording."""
    parser = argparse.ArgumentParser(description=play.__doc__)
    parser.add_argument("--library", type=Path, help="libunknot.so; without it: only a bare run")
    parser.add_argument("--unknot", type=Path, help="the unknot command; without it: no report")
    parser.add_argument("--output", type=Path, required=True, help="folder; emptied first")
    arguments = parser.parse_args()
    folder = arguments.output.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    recordings = folder / "recordings"
    recordings.mkdir(parents=True)
    try:
        bare = perform(play, folder / "bare", {})
        if not arguments.library:
            return
        environment = {"LD_PRELOAD": str(arguments.library.resolve()),
                       "UNKNOT_OPTIONS": f"record={recordings}/%n.%p.%x.rec:exit_report=0:events=1"}
        compare(bare, perform(play, folder / "watched", environment))
        print("the same facts")
        if arguments.unknot:
            print(check_report(arguments.unknot.resolve(), recordings, programs, folder))
    except FileNotFoundError as missing:
        sys.exit(f"{missing.filename} is missing: scripts/setup.sh installs what this test needs")
    except Failure as failure:
        sys.exit(f"{failure}\neverything it left is in {folder}")
