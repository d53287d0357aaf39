"""`unknot confirm` on every program of reachable/ and unreachable/, and on the demos: how often it
reaches the deadlock, which it must in nearly every try or never."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from cases import cases_in, is_wanted
from demos import DEMOS
from steered import NotRecorded, SteeredSession

STATUS_NOT_REACHED = 0
STATUS_CONFIRMED = 1
ENOUGH = 0.95  # of the tries
# What cannot happen: nothing there is a matter of time, so that longer pauses would only take longer.
SHORT_PAUSE_MS = 50
WHY_NOT = ("never reached", "no two threads stood", "but that was no deadlock")


@dataclass
class Subject:
    """One program, and what of it is to be confirmed."""

    name: str
    is_reachable: bool
    record: list  # command
    steer: list  # command
    wanted: object  # what of a report it is


@dataclass
class Outcome:
    """What came of one program."""

    subject: Subject
    confirmed: int = 0
    not_reached: int = 0
    problems: list = field(default_factory=list)

    @property
    def tries(self):
        return self.confirmed + self.not_reached

    def judge(self):
        """Adds what is wrong with the counts."""
        if self.problems:
            return
        if self.subject.is_reachable and self.confirmed < ENOUGH * self.tries:
            self.problems.append("not reached often enough")
        if not self.subject.is_reachable and self.confirmed:
            self.problems.append("confirmed, and it cannot happen")

    def line(self):
        what = f"{self.confirmed} of {self.tries} tries confirmed"
        return f"{self.subject.name}: {what}" + "".join(f"; {p}" for p in self.problems)


def dismissed_or_finding(case):
    """Of what cannot happen: the expected finding, or the first cycle that was set aside."""

    def wanted(report):
        finding = case.finding_of(report)
        if finding is None and case.expectation.clean and report["dismissed"]:
            return {"id": "d1"}
        return finding

    return wanted


def is_cycle(report):
    """The first finding of a demo that is about a deadlock."""
    return next((f for f in report["findings"] if f["kind"] not in ("misuse", "hazard")), None)


def subjects(options):
    for case in cases_in("reachable", options.build, options.names):
        yield Subject(case.name, True, case.command, case.command, case.finding_of)
    for case in cases_in("unreachable", options.build, options.names):
        yield Subject(case.name, False, case.command, case.command, dismissed_or_finding(case))
    for demo in DEMOS:
        program = demo.program(options.build)
        if is_wanted(f"demo:{demo.name}", options.names):
            yield Subject(f"demo:{demo.name}", True, [program, *demo.hang],
                          [program, *demo.arguments], is_cycle)


def try_once(outcome, finding, session, options):
    subject = outcome.subject
    pause_ms = options.pause or (None if subject.is_reachable else SHORT_PAUSE_MS)
    result = session.confirm(finding, subject.steer, options.runs, pause_ms)
    if result.returncode == STATUS_CONFIRMED:
        outcome.confirmed += 1
    elif result.returncode == STATUS_NOT_REACHED:
        outcome.not_reached += 1
        if not subject.is_reachable and not any(words in result.stdout for words in WHY_NOT):
            outcome.problems.append(f"does not say what was not reached: {result.stdout.strip()}")
    else:
        outcome.problems.append(f"confirm: status {result.returncode}: {result.stdout.strip()}")


def check(subject, options):
    outcome = Outcome(subject)
    with SteeredSession(options.unknot) as session:
        try:
            finding, report = session.record(subject.record, subject.wanted)
        except NotRecorded as error:
            outcome.problems.append(str(error))
            return outcome
        if finding is None:
            titles = [other["title"] for other in report["findings"]]
            outcome.problems.append(f"the report has no such finding, but {titles}")
            return outcome
        while outcome.tries < options.tries and not outcome.problems:
            try_once(outcome, finding, session, options)
        outcome.problems += [f"the program's result: {line}" for line in session.wrong_results()]
    outcome.judge()
    return outcome


def run_confirm(options):
    """Prints one line for each program, and a summary; the number of those that are not right."""
    everything = list(subjects(options))
    wrong, right = [], {True: 0, False: 0}
    with ThreadPoolExecutor(options.jobs) as pool:
        for outcome in pool.map(lambda subject: check(subject, options), everything):
            print(outcome.line(), flush=True)
            if outcome.problems:
                wrong.append(outcome)
            else:
                right[outcome.subject.is_reachable] += 1
    print(f"confirm: {right[True]} deadlocks reached in at least {ENOUGH:.0%} of {options.tries} tries "
          f"of at most {options.runs} runs, {right[False]} that cannot happen never; "
          f"{len(wrong)} of {len(everything)} programs are not right")
    return len(wrong) or not everything
