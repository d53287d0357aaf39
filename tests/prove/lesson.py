"""The lesson's program, lock_A and lock_B in two orders: what is recommended for it, and that the
program as it is ends every time with it.

demos/lock_ab hangs in nearly every run. Its report must recommend one recursive lock, or a single
one, and one order, both verified; run with either of them tried, it must end each time, with all that
it prints when it ends, and be told to be free of the finding.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from confirming import is_cycle
from steered import NotRecorded, SteeredSession

LINES = {
    "thread 1 (f1): has both": 1,
    "thread 2 (f2): has both": 1,
    "thread 3 (f1): has both": 1,
    "all three threads ended": 1,
}
TOLD = ("   the finding is gone", "   nothing new was found")
ONE_LOCK = ("recursive-lock", "single-lock")


def recommended(finding):
    """What is missing among the verified fixes."""
    verified = {fix["kind"] for fix in finding["fixes"] if fix["verified"]}
    problems = [] if verified & set(ONE_LOCK) else ["no recursive or single lock is recommended"]
    return problems + ([] if "reorder" in verified else ["no one order is recommended"])


def is_right(result):
    lines = result.stdout.splitlines()
    counts = Counter(line for line in lines if line in LINES)
    return result.returncode == 0 and counts == LINES and all(line in lines for line in TOLD)


def run_once(options, data, finding, number, program):
    with SteeredSession(options.unknot) as session:
        session.data = data
        return session.try_fix(finding, number, [program])


def check_number(options, session, finding, number, program):
    """What is wrong with one fix tried many times."""
    with ThreadPoolExecutor(options.jobs) as pool:
        results = list(pool.map(
            lambda _: run_once(options, session.data, finding, number, program),
            range(options.times)))
    wrong = [result for result in results if not is_right(result)]
    kind = finding["fixes"][number - 1]["kind"]
    print(f"lock_ab with fix {number} ({kind}) tried: "
          f"{len(results) - len(wrong)} of {len(results)} runs right", flush=True)
    return [f"status {wrong[0].returncode}: {wrong[0].stdout.strip()}"] if wrong else []


def check(options, session):
    program = str((options.build / "bin/demos/lock_ab").absolute())
    finding, _ = session.record([program], is_cycle)
    if finding is None:
        return ["nothing is reported"]
    problems = recommended(finding)
    for kinds in (ONE_LOCK, ("reorder",)):
        numbers = [number for number, fix in enumerate(finding["fixes"], 1)
                   if fix["verified"] and fix["kind"] in kinds]
        for number in numbers[:1]:
            problems += check_number(options, session, finding, number, program)
    return problems


def run_lesson(options):
    """Prints what is wrong, and a summary; how much that is."""
    with SteeredSession(options.unknot) as session:
        try:
            problems = check(options, session)
        except NotRecorded as error:
            problems = [str(error)]
    for problem in problems:
        print(problem)
    print(f"lesson: {'not right' if problems else 'right'}")
    return len(problems)
