"""What a program's header comment says its report must contain.

The first comment of the source, or the docstring of a Python program, holds lines of the form
`word: rest`; tests/programs/README.md describes them. Everything else in it is prose.
"""

import re
from dataclasses import dataclass, field

DIRECTIVE = re.compile(r"^(verdict|misuse|step|processes|levels|args|hangs):\s*(.*)$")
COMMENT = re.compile(r"(?:/\*|\"\"\")(.*?)(?:\*/|\"\"\")", re.DOTALL)
REASONS = {"single-thread", "gate-lock", "ordered", "readers", "trylock", "timed"}
STEP_KEYS = {"thread", "holds", "requests", "in", "not"}


class ExpectationError(Exception):
    """The header comment cannot be understood: the test itself is wrong."""


@dataclass
class Finding:
    """One expected finding. Names are shell-style patterns."""

    locks: list
    steps: int
    process: int = 0  # counted from 1; 0: any
    confidence: str = None
    why: str = None  # no schedule is shown of it


@dataclass
class Step:
    """What some step of some finding must show; None: not said."""

    thread: str = None
    holds: str = None
    requests: str = None
    functions: list = field(default_factory=list)  # in both stacks
    strangers: list = field(default_factory=list)  # in neither stack


@dataclass
class Expectation:
    """All that one program's header comment says."""

    clean: bool = False
    findings: list = field(default_factory=list)
    misuse: list = field(default_factory=list)  # rules, sorted
    dismissed: set = field(default_factory=set)
    any_dismissed: bool = False
    steps: list = field(default_factory=list)
    processes: int = 1
    args: list = field(default_factory=list)
    hangs: bool = False


def key_values(text, allowed):
    """Splits "a=b c=d" into a dictionary."""
    pairs = {}
    for item in text.split():
        key, separator, value = item.partition("=")
        if not separator or not value or key not in allowed:
            raise ExpectationError(f"cannot understand '{item}'")
        pairs[key] = value
    return pairs


def add_dismissed(expectation, text):
    reasons = set(text.split(","))
    if "any" in reasons:
        expectation.any_dismissed = True
        reasons.remove("any")
    if not reasons <= REASONS:
        raise ExpectationError(f"no such reason: {', '.join(sorted(reasons - REASONS))}")
    expectation.dismissed |= reasons


def add_verdict(expectation, text):
    word, _, rest = text.partition(" ")
    if word == "finding":
        pairs = key_values(rest, {"locks", "steps", "process", "confidence", "why"})
        locks = pairs["locks"].split(",")
        steps = int(pairs.get("steps", max(2, len(locks))))
        expectation.findings.append(Finding(locks, steps, int(pairs.get("process", 0)),
                                            pairs.get("confidence"), pairs.get("why")))
        return
    if word == "clean":
        expectation.clean = True
        text = rest
    if text:
        add_dismissed(expectation, key_values(text, {"dismissed"})["dismissed"])


def add_step(expectation, text):
    pairs = key_values(text, STEP_KEYS)
    expectation.steps.append(
        Step(
            thread=pairs.get("thread"),
            holds=pairs.get("holds"),
            requests=pairs.get("requests"),
            functions=pairs["in"].split(",") if "in" in pairs else [],
            strangers=pairs["not"].split(",") if "not" in pairs else [],
        )
    )


def parse(source):
    """The expectation of a C, C++ or Python source text."""
    comment = COMMENT.match(source)
    if comment is None:
        raise ExpectationError("the source does not begin with a comment")
    expectation = Expectation()
    for line in comment.group(1).split("\n"):
        directive = DIRECTIVE.match(line.strip().lstrip("*").strip())
        if directive is None:
            continue
        word, rest = directive.groups()
        if word == "verdict":
            add_verdict(expectation, rest)
        elif word == "misuse":
            expectation.misuse = sorted(expectation.misuse + rest.split())
        elif word == "step":
            add_step(expectation, rest)
        elif word == "processes":
            expectation.processes = int(rest)
        elif word == "args":
            expectation.args = rest.split()
        elif word == "hangs":
            expectation.hangs = rest == "yes"
    if expectation.clean == bool(expectation.findings):
        raise ExpectationError("say 'verdict: clean' or 'verdict: finding ...', not both")
    return expectation
