"""Generated inversions, each fixed in its source as its report recommends.

For each seed: the program is built, recorded and reported on; the first verified fix whose edits are
complete, or every one, is applied to a copy of the source and that is built. Then the report must be
clean, and what hung sooner or later in stress must never hang again, with right results.
"""

import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
from cases import cycles_of, lock_names  # noqa: E402
from fixing import NotApplicable, apply_fix, recommended  # noqa: E402
from generate import generate  # noqa: E402
from steered import NotRecorded, SteeredSession, wait_for_end_or_hang  # noqa: E402

STRESS_SECONDS = 30  # a run in stress takes a fraction of one
MOST_STRESS_BEFORE = 10  # a program that has not hung by then is no test of its fix
# What must be among those that are told as no fix: each lock made recursive, one gate for a part.
WRONG_FIXES = {("recursive-lock", "cycle-stays"), ("gate-lock", "cycle-stays")}


@dataclass
class Outcome:
    """What came of one seed."""

    seed: int
    problems: list = field(default_factory=list)
    applied: list = field(default_factory=list)  # "kind (number)" of each fix that was applied
    rejected: list = field(default_factory=list)  # (kind, reason) of each rejected fix


def build(text_or_path, source, compilers):
    """Compiles a source, which is written first if a text is given; returns the program."""
    if text_or_path is not None:
        source.write_text(text_or_path, encoding="utf-8")
    program = source.with_suffix("")
    standard = "-std=gnu11" if source.suffix == ".c" else "-std=gnu++17"
    subprocess.run([compilers[source.suffix], standard, "-g", "-O1", "-fno-optimize-sibling-calls",
                    "-D_GNU_SOURCE", "-Wall", "-o", str(program), str(source), "-pthread"],
                   check=True, capture_output=True, text=True)
    return program


def hangs_in_stress(session, program, times):
    """Whether one of so many runs in stress hangs, and what else goes wrong."""
    for _ in range(times):
        result = session.execute([str(program), "stress"], STRESS_SECONDS, wait_for_end_or_hang)
        if result.returncode is None:
            return True, []
        if result.returncode != 0:
            return False, [f"in stress: status {result.returncode}: {result.stdout.strip()}"]
    return False, []


def ring_finding(shape, report):
    """The finding that has all locks of the ring and no other."""
    for finding in cycles_of(report):
        names = lock_names(finding)
        if len(names) == len(shape.locks) and all(
            any(name.startswith(lock) for name in names) for lock in shape.locks
        ):
            return finding
    return None


def check_fixed(session, program, times):
    """What is wrong with a program that was fixed."""
    problems = []
    _, report = session.record([str(program)], lambda report: None, attempts=1)
    for finding in cycles_of(report):
        problems.append(f"still reported: {finding['title']}")
    hangs, others = hangs_in_stress(session, program, times)
    return problems + others + (["it still hangs in stress"] if hangs else [])


def try_fix(session, fix, source, target, options):
    """What is wrong with the program that one fix makes."""
    try:
        apply_fix(fix, source, target)
        return check_fixed(session, build(None, target, options.compilers), options.times)
    except NotApplicable as error:
        return [str(error)]
    except subprocess.CalledProcessError as error:
        return [f"does not compile: {error.stderr.strip()}"]


def check_seed(seed, options, session):
    outcome = Outcome(seed)
    shape, text = generate(seed)
    source = Path(session.path(f"inversion_{seed}.{'cpp' if shape.is_cpp else 'c'}"))
    program = build(text, source, options.compilers)
    finding, report = session.record([str(program)], lambda r: ring_finding(shape, r))
    if finding is None:
        titles = [other["title"] for other in report["findings"]]
        outcome.problems.append(f"not reported; instead: {titles}")
        return outcome
    outcome.rejected = [(f["kind"], f.get("reason", "")) for f in finding["fixes"] if f["rejected"]]
    for wrong in WRONG_FIXES - set(outcome.rejected):
        outcome.problems.append(f"no {wrong[0]} is rejected as {wrong[1]}")
    hung, others = hangs_in_stress(session, program, MOST_STRESS_BEFORE)
    outcome.problems += others if others or hung else ["it does not hang in stress as it is"]
    fixes = recommended(finding)
    if not fixes:
        kinds = [f["kind"] for f in finding["fixes"] if f["verified"]]
        outcome.problems.append(f"no fix is verified and complete; verified are {kinds}")
    for number, fix in fixes if options.every else fixes[:1]:
        name = f"{fix['kind']} (fix {number})"
        target = source.with_name(f"fixed_{number}_{source.name}")
        outcome.applied.append(name)
        outcome.problems += [f"{name}: {problem}" for problem in
                             try_fix(session, fix, source, target, options)]
    return outcome


def run_seed(seed, options):
    with SteeredSession(options.unknot) as session:
        try:
            return check_seed(seed, options, session)
        except NotRecorded as error:
            return Outcome(seed, [str(error)])


def run_inversions(options):
    """Prints a line for each seed that is not right, and a summary; the number of these."""
    seeds = range(options.first, options.first + options.count)
    with ThreadPoolExecutor(options.jobs) as pool:
        outcomes = list(pool.map(lambda seed: run_seed(seed, options), seeds))
    wrong = [outcome for outcome in outcomes if outcome.problems]
    for outcome in wrong:
        print(f"inversion {outcome.seed}: {'; '.join(outcome.problems)}")
    kinds = Counter(name for outcome in outcomes for name in outcome.applied)
    rejected = Counter(": ".join(fix) for outcome in outcomes for fix in outcome.rejected)
    print("applied: " + ", ".join(f"{count} {kind}" for kind, count in kinds.most_common()))
    print("rejected: " + (", ".join(f"{n} {why}" for why, n in rejected.most_common()) or "none"))
    print(f"inversions: {len(outcomes) - len(wrong)} of {len(outcomes)} fixed as recommended, clean "
          f"and never hanging in {options.times} runs of stress each")
    return len(wrong)
