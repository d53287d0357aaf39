"""`unknot reproduce` on every deadlock demo: it must hang the demo and never its fixed twin."""

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cases import is_wanted
from confirming import is_cycle
from demos import DEMOS
from steered import STATUS_DEADLOCK, NotRecorded, SteeredSession

ENOUGH = 0.99  # of the runs


def count_hangs(session, finding, command, times):
    """How many of the runs ended in a deadlock, and what else was wrong with a run."""
    hung = 0
    for _ in range(times):
        result = session.reproduce(finding, command)
        if result.returncode not in (0, STATUS_DEADLOCK):
            return hung, [f"status {result.returncode}: {result.stdout.strip()}"]
        hung += result.returncode == STATUS_DEADLOCK
    return hung, []


def check(demo, options, directory):
    """The demo's line, and what is wrong."""
    with SteeredSession(options.unknot) as session:
        program, fixed = demo.program(options.build), demo.build_fixed(directory, options.compilers)
        try:
            finding, _ = session.record([program, *demo.hang], is_cycle)
        except NotRecorded as error:
            return demo.name, [str(error)]
        if finding is None:
            return demo.name, ["nothing is reported"]
        hung, problems = count_hangs(session, finding, [program, *demo.arguments], options.times)
        if not problems and hung < ENOUGH * options.times:
            problems = ["the demo does not hang often enough"]
        if problems:
            return f"{demo.name}: hung in {hung} of {options.times} runs", problems
        still, problems = count_hangs(session, finding, [fixed, *demo.arguments], options.times)
        if still:
            problems.append("the fixed one hangs")
    return f"{demo.name}: hung in {hung} of {options.times} runs, fixed in {still}", problems


def run_reproduce(options):
    """Prints one line for each demo, and a summary; the number of those that are not right."""
    demos = [demo for demo in DEMOS if is_wanted(demo.name, options.names)]
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="unknot-test-") as directory:
        with ThreadPoolExecutor(options.jobs) as pool:
            for line, problems in pool.map(
                lambda demo: check(demo, options, Path(directory)), demos
            ):
                print(line + "".join(f"; {problem}" for problem in problems), flush=True)
                wrong += bool(problems)
    print(f"reproduce: {len(demos) - wrong} of {len(demos)} demos hang in at least {ENOUGH:.0%} of "
          f"{options.times} runs, and never when they are fixed")
    return wrong or not demos
