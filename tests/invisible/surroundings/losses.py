#!/usr/bin/env python3
"""Where nothing can be recorded the program is unharmed, and the loss is said.

    losses.py --shim LIB --unknot COMMAND --program many_pairs CASE

CASE is one of full_disk, size_limit, no_memory, removed_folder, removed_file. The program must show
what it shows by itself; if a recording is left, `unknot report` says what it lacks. Where the file
failed, one line of the shim at exit says so too; without memory the file is whole and can tell.
"""

import argparse
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile

SKIP = 77  # the exit status that ctest takes as skipped
CASES = ("full_disk", "size_limit", "no_memory", "removed_folder", "removed_file")
FILE_BYTES = 200 << 10
SAID = "nothing or not all was recorded"


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shim", type=pathlib.Path, required=True, help="libunknot.so")
    parser.add_argument("--unknot", type=pathlib.Path, required=True, help="the unknot command")
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("case", choices=CASES)
    return parser.parse_args()


def run(arguments, environment, half_way):
    """Runs the program; what it showed, and what the shim said on standard error."""
    def limit():
        if arguments.case == "size_limit":
            resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))

    process = subprocess.Popen([arguments.program], env=environment, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               preexec_fn=limit)
    first = []
    for line in process.stdout:
        first.append(line)
        if line == "half\n":
            break
    half_way(process.pid)
    rest, errors = process.communicate(timeout=60)
    lines = errors.splitlines()
    said = [line for line in lines if line.startswith("unknot:")]
    return (process.returncode, "".join(first) + rest,
            [line for line in lines if line not in said]), said


def withhold(arguments, folder, pid):
    """Half-way: takes away what the case is about."""
    if arguments.case == "no_memory":
        resource.prlimit(pid, resource.RLIMIT_AS, (1, 1))
    elif arguments.case == "removed_folder":
        shutil.rmtree(folder)
    elif arguments.case == "removed_file":
        for file in folder.iterdir():
            file.unlink()


def compare(arguments, folder):
    native, _ = run(arguments, dict(os.environ), lambda pid: None)
    if arguments.case == "full_disk":
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "none", folder], check=True)
    watched, said = run(arguments, {**os.environ, "LD_PRELOAD": str(arguments.shim.resolve()),
                                    "UNKNOT_OPTIONS": f"record={folder}/%n.%p.%x.rec"},
                        lambda pid: withhold(arguments, folder, pid))
    faults = []
    if native[0] != 0 or native != watched:
        faults.append(f"by itself: {native}\nunder the shim: {watched}")
    expected = 0 if arguments.case == "no_memory" else 1
    if len(said) != expected or any(SAID not in line for line in said):
        faults.append(f"the shim said {said}")
    for recording in folder.glob("*.rec") if folder.exists() else ():
        done = subprocess.run([arguments.unknot, "report", recording], capture_output=True,
                              text=True, check=False)
        if done.returncode not in (0, 1) or "records not" not in done.stdout:
            faults.append(f"unknot report: exit {done.returncode}\n{done.stderr}{done.stdout}")
    if arguments.case == "full_disk":
        subprocess.run(["umount", folder], check=True)
    print(*said, *faults, sep="\n")
    return 1 if faults else 0


def main():
    arguments = parse_arguments()
    inside = "INVISIBLE_OWN_MOUNTS"
    if arguments.case == "full_disk" and inside not in os.environ:
        enter = ["unshare", "--map-root-user", "--mount"]
        if subprocess.run(enter + ["true"], stderr=subprocess.DEVNULL, check=False).returncode:
            print("skipped: this user may not mount a file system")
            return SKIP
        os.environ[inside] = "1"
        os.execvp(enter[0], enter + [sys.executable] + sys.argv)
    with tempfile.TemporaryDirectory(prefix="losses-") as scratch:
        folder = pathlib.Path(scratch) / "recordings"
        folder.mkdir()
        return compare(arguments, folder)


if __name__ == "__main__":
    sys.exit(main())
