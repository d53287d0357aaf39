#!/usr/bin/env python3
"""A program whose locks have one order is recorded as such, whatever its signal handlers interrupt.

    orders_recorded.py --shim LIB --unknot COMMAND -- PROGRAM [ARGUMENT]...

The program must end with status 0; there must be no finding, and no cycle that is set aside either:
a lock that only seems to be held would close one. That its handlers take what is taken elsewhere,
too, is a hazard, and true. Nothing may be lost but what handlers did while
they interrupted the shim itself.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shim", required=True, help="libunknot.so")
    parser.add_argument("--unknot", required=True, help="the unknot command")
    parser.add_argument("command", nargs="+", metavar="PROGRAM")
    return parser.parse_args()


def faults(arguments, folder):
    environment = {**os.environ, "LD_PRELOAD": arguments.shim,
                   "UNKNOT_OPTIONS": f"exit_report=0:record={folder}/%n.%p.%x.rec"}
    program = subprocess.run(arguments.command, env=environment, stdout=subprocess.PIPE, check=False)
    if program.returncode != 0:
        yield f"the program ended with {program.returncode}: {program.stdout.decode()}"
    done = subprocess.run([arguments.unknot, "report", "--format=json", folder],
                          capture_output=True, check=False)
    if done.returncode not in (0, 1) or done.stderr:
        yield f"unknot report: exit {done.returncode}: {done.stderr.decode()}"
        return
    report = json.loads(done.stdout)
    for cycle in report["findings"] + report["dismissed"]:
        if cycle.get("kind") != "hazard":
            yield f"a cycle: {cycle['title']}"
    for kind, count in report["lost"].items():
        if count and kind not in ("signal", "foreign_stack"):
            yield f"lost: {count} ({kind})"


def main():
    arguments = parse_arguments()
    with tempfile.TemporaryDirectory(prefix="handlers-") as folder:
        found = list(faults(arguments, folder))
    print(*found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
