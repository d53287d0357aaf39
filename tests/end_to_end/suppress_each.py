"""What --gen-suppressions writes for a finding silences that one and no other.

Usage: suppress_each.py --unknot COMMAND --at-least FINDINGS [--argument WORD] FOLDER

Runs each program in the folder once and reads its recordings with each generated suppression alone. So many
findings must be met, or the test has tested nothing.
"""

import argparse
import json
import os
import re
import sys

from session import HANG_SECONDS, Session


def _report(session, name, *options):
    done = session.execute([session.unknot, "report", "--format=json", *options,
                            session.path(name)])
    return json.loads(done.stdout)


def _known_by(finding):
    return finding["rule"], finding["fingerprint"]


def check_one(session, name, suppression, findings):
    """The findings left, of those there were."""
    with open(session.path("one.supp"), "w", encoding="utf-8") as file:
        file.write(suppression)
    report = _report(session, name, "--suppressions=" + session.path("one.supp"))
    fingerprint = re.search(r"fingerprint: (\w+)", suppression).group(1)
    rule = re.search(r"rule: (\S+)", suppression).group(1)
    wanted = [f["id"] for f in findings if _known_by(f) == (rule, fingerprint)]
    silenced = [f["id"] for f in report["suppressed"]]
    left = [f["id"] for f in report["findings"]]
    if silenced != wanted or sorted(left + silenced) != [f["id"] for f in findings]:
        return [f"{name}: {suppression}silences {silenced} and leaves {left}, not {wanted}"]
    return [] if report["unused_suppressions"] == [] else [f"{name}: unused: {suppression}"]


def check_program(session, program, arguments, number):
    name = f"data{number}"
    session.execute([session.unknot, "run", "--data=" + session.path(name), "--output=/dev/null",
                     f"--timeout={HANG_SECONDS}", program, *arguments])
    findings = _report(session, name)["findings"]
    out = session.execute([session.unknot, "report", "--gen-suppressions",
                           session.path(name)]).stdout
    suppressions = re.split(r"^(?=suppression )", out, flags=re.M)[1:]
    problems = []
    if len(suppressions) != len(findings):
        problems.append(f"{program}: {len(suppressions)} for {len(findings)} findings")
    for suppression in suppressions:
        problems += check_one(session, name, suppression, findings)
    known = [(f["pid"], *_known_by(f)) for f in findings]
    if len(set(known)) != len(known):
        problems.append(f"{program}: one fingerprint for several findings of a process: "
                        + repr([(f["title"], f["fingerprint"]) for f in findings]))
    return len(findings), problems


def _programs(folder):
    paths = sorted(os.path.join(folder, name) for name in os.listdir(folder))
    return [path for path in paths
            if os.path.isfile(path) and os.access(path, os.X_OK) and ".so" not in path]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--unknot", required=True)
    parser.add_argument("--at-least", required=True, type=int)
    parser.add_argument("--argument", action="append", default=[])
    parser.add_argument("folder")
    options = parser.parse_args()
    programs = _programs(os.path.abspath(options.folder))
    total, problems = 0, []
    with Session(options.unknot) as session:
        for number, program in enumerate(programs):
            count, found = check_program(session, program, options.argument, number)
            total += count
            problems += found
    for problem in problems:
        print(problem)
    print(f"{total} findings of {len(programs)} programs")
    return 1 if problems or total < options.at_least else 0


if __name__ == "__main__":
    sys.exit(main())
