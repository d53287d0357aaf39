"""Runs a program by itself and under the shim: nothing it shows may differ.

Compared byte for byte: standard output, standard error, the exit status or signal, and the names
of the files left in its working directory. The shim must also have left a recording, or a shim
that switched itself off would pass.

Other people's programs may differ from run to run by themselves: with --reruns, one that differs is
run by itself again, and only what differs there too is excused, and said.
"""

import argparse
import difflib
import os
import resource
import signal
import subprocess
import sys
import tempfile

SKIP = 77  # the exit status that ctest takes as skipped
SHOWN = 24  # lines of a difference


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shim", required=True, help="libunknot.so")
    parser.add_argument("--before", action="append", default=[], metavar="LIB",
                        help="also preloaded, in front of the shim")
    parser.add_argument("--after", action="append", default=[], metavar="LIB",
                        help="also preloaded, behind the shim")
    parser.add_argument("--env", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--closed", action="append", default=[], type=int, metavar="FD",
                        help="standard descriptor closed before the start")
    parser.add_argument("--limit", action="append", default=[], metavar="NAME=SOFT[:HARD]",
                        help="resource limit by its RLIMIT_ name, in lower case; -1 is none")
    parser.add_argument("--cwd", help="start here; 'removed' is a directory that is gone")
    parser.add_argument("--options", metavar="TEXT",
                        default="exit_report=0:record={dir}/%n.%p.%x.rec",
                        help="UNKNOT_OPTIONS, with {dir} for the place of recordings")
    parser.add_argument("--recording", choices=("written", "any"), default="written",
                        help="'any' when the place given for it may be unusable")
    parser.add_argument("--may-warn", action="store_true",
                        help="the shim may say one line about its options on standard error")
    parser.add_argument("--small-place", action="store_true",
                        help="recordings go to a file system of 64 KiB")
    parser.add_argument("--needs", action="append", default=[], metavar="FILE",
                        help="without this file the test is skipped")
    parser.add_argument("--timeout", type=float, default=30)
    parser.add_argument("--reruns", type=int, default=0, metavar="N",
                        help="runs by itself, at most, to see whether it varies without the shim")
    parser.add_argument("command", nargs="+", metavar="PROGRAM")
    return parser.parse_args()


def child_setup(args):
    """What to do in the child between fork and exec, the same for both runs."""
    limits = []
    for text in args.limit:
        name, values = text.split("=")
        soft, _, hard = values.partition(":")
        limits.append((getattr(resource, "RLIMIT_" + name.upper()), (int(soft), int(hard or soft))))

    def setup():
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        for which, pair in limits:
            resource.setrlimit(which, pair)
        for descriptor in args.closed:
            os.close(descriptor)
        if args.cwd == "removed":
            os.rmdir(os.getcwd())

    return setup


def environment(args, preload, options):
    env = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C"}
    env.update(text.split("=", 1) for text in args.env)
    if preload:
        env["LD_PRELOAD"] = ":".join(preload)
    if options is not None:
        env["UNKNOT_OPTIONS"] = options
    env["INVISIBLE_PRELOAD"] = env.get("LD_PRELOAD", "")
    env["INVISIBLE_OPTIONS"] = env.get("UNKNOT_OPTIONS", "")
    return env


def run(args, env, scratch):
    """Returns what the program showed, as titled lists of lines."""
    fixed = args.cwd is not None and args.cwd != "removed"
    cwd = args.cwd if fixed else tempfile.mkdtemp(dir=scratch)
    process = subprocess.Popen(args.command, env=env, cwd=cwd, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               start_new_session=True, preexec_fn=child_setup(args))
    try:
        out, err = process.communicate(timeout=args.timeout)
        end = ended(process.returncode)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        end = f"still running after {args.timeout:g} s"
    files = [] if fixed or args.cwd == "removed" else sorted(os.listdir(cwd))
    return {"end": [end], "standard output": lines(out), "standard error": lines(err),
            "files left": files}


def ended(status):
    return f"exit {status}" if status >= 0 else f"signal {-status}"


def lines(data):
    return data.decode("utf-8", "backslashreplace").splitlines()


def recording_fault(args, directory):
    """Says what is wrong with the recordings left in DIRECTORY, or nothing."""
    names = os.listdir(directory)
    strange = [name for name in names if not name.endswith(".rec")]
    if strange:
        return f"left beside the recordings: {', '.join(sorted(strange))}"
    sizes = [os.path.getsize(os.path.join(directory, name)) for name in names]
    if args.recording == "written" and not any(sizes):
        return "no recording was written: was the shim at work?"
    return None


def without_warning(args, error_lines):
    """Takes out the one line that the shim may write when it cannot do what its options say."""
    if args.may_warn and error_lines and error_lines[0].startswith("unknot:"):
        return error_lines[1:]
    return error_lines


def enter_own_mounts():
    """Starts over in a mount namespace of our own, so that a file system can be mounted."""
    inside = "INVISIBLE_OWN_MOUNTS"
    if inside in os.environ:
        return True
    enter = ["unshare", "--map-root-user", "--mount"]
    if subprocess.run(enter + ["true"], stderr=subprocess.DEVNULL).returncode != 0:
        return False
    os.environ[inside] = "1"
    os.execvp(enter[0], enter + [sys.executable] + sys.argv)


def varying(args, native, titles, scratch):
    """Runs the program by itself again; those of TITLES in which that differs too."""
    found = set()
    for _ in range(args.reruns):
        if found == titles:
            break
        again = run(args, environment(args, args.before + args.after, None), scratch)
        found |= {title for title in titles if again[title] != native[title]}
    return found


def report(native, shimmed, excused):
    """Says what differs; returns whether anything does that is not excused."""
    differs = False
    for title, before in native.items():
        after = shimmed[title]
        if before == after:
            continue
        if title in excused:
            print(f"excused: {title} differs, but by itself it varies too")
            continue
        differs = True
        print(f"{title} differs:")
        difference = list(difflib.unified_diff(before, after, "by itself", "under the shim",
                                               lineterm="", n=1))
        for line in difference[:SHOWN]:
            print("  " + line)
        if len(difference) > SHOWN:
            print(f"  and {len(difference) - SHOWN} more lines")
    return differs


def compare(args, scratch):
    """Runs both and says what differs; returns the exit status."""
    recordings = os.path.join(scratch, "recordings")
    os.mkdir(recordings)
    options = args.options.replace("{dir}", recordings)
    native = run(args, environment(args, args.before + args.after, None), scratch)
    if native["end"][0].startswith("still") or "not as promised" in str(native):
        print("the program does not hold by itself:", *native["end"], *native["standard error"],
              sep="\n  ")
        return 1
    if args.small_place:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", recordings], check=True)
    preload = args.before + [args.shim] + args.after
    shimmed = run(args, environment(args, preload, options), scratch)
    shimmed["standard error"] = without_warning(args, shimmed["standard error"])
    fault = recording_fault(args, recordings)
    if args.small_place:
        subprocess.run(["umount", recordings], check=True)
    if fault:
        print(fault)
    titles = {title for title in native if native[title] != shimmed[title]}
    excused = varying(args, native, titles, scratch)
    return 1 if report(native, shimmed, excused) or fault else 0


def main():
    args = parse_arguments()
    for path in args.needs:
        if not os.path.exists(path):
            print(f"skipped: {path} is not on this machine")
            return SKIP
    if args.small_place and not enter_own_mounts():
        print("skipped: this user may not mount a file system")
        return SKIP
    with tempfile.TemporaryDirectory(prefix="invisible-") as scratch:
        return compare(args, scratch)


if __name__ == "__main__":
    sys.exit(main())
