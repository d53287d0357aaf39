"""What the header comment of a program in tests/live says; README.md describes the lines."""

import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "end_to_end"))
from expectation import COMMENT, ExpectationError, key_values

DIRECTIVE = re.compile(r"^(verdict|threads|stuck behind|certain|wait|policy):\s*(.*)$")
KINDS = {"deadlock", "self-deadlock"}
WAIT_KEYS = {"thread", "holds", "wants", "in"}


@dataclass
class Wait:
    """What one thread of a hang must show; None: not said. Names are shell patterns."""

    thread: str = None
    holds: str = None
    wants: str = None
    functions: list = field(default_factory=list)


@dataclass
class Hang:
    """One deadlock that a program runs into."""

    kind: str
    threads: int = None
    behind: int = None
    is_certain: bool = True
    waits: list = field(default_factory=list)


@dataclass
class Expectation:
    """All that one program's header comment says; no hangs: it must stay silent."""

    hangs: list = field(default_factory=list)
    policy: str = "exit"

    @property
    def ends_the_program(self):
        return self.policy == "exit" and all(hang.is_certain for hang in self.hangs)


def parse_wait(text):
    pairs = key_values(text, WAIT_KEYS)
    functions = pairs["in"].split(",") if "in" in pairs else []
    return Wait(pairs.get("thread"), pairs.get("holds"), pairs.get("wants"), functions)


def chosen(text, choices):
    if text not in choices:
        raise ExpectationError(f"'{text}' is none of {', '.join(sorted(choices))}")
    return text


def add(expectation, word, text):
    """Lines about a hang belong to the last one that a verdict began."""
    if word == "policy":
        expectation.policy = chosen(text, {"exit", "continue"})
    elif word == "verdict":
        if text != "silent":
            expectation.hangs.append(Hang(chosen(text, KINDS)))
    elif not expectation.hangs:
        raise ExpectationError(f"'{word}' stands before the verdict")
    elif word == "threads":
        expectation.hangs[-1].threads = int(text)
    elif word == "stuck behind":
        expectation.hangs[-1].behind = int(text)
    elif word == "certain":
        expectation.hangs[-1].is_certain = chosen(text, {"yes", "suspected"}) == "yes"
    else:
        expectation.hangs[-1].waits.append(parse_wait(text))


def parse(source):
    """The expectation of a C, C++ or Python source text."""
    comment = COMMENT.match(source)
    if comment is None:
        raise ExpectationError("the source does not begin with a comment")
    expectation, verdicts = Expectation(), 0
    for line in comment.group(1).split("\n"):
        directive = DIRECTIVE.match(line.strip().lstrip("*").strip())
        if directive is not None:
            add(expectation, *directive.groups())
            verdicts += directive.group(1) == "verdict"
    if verdicts != max(1, len(expectation.hangs)):
        raise ExpectationError("say 'verdict: silent', or one verdict for each hang")
    if any(hang.threads is None for hang in expectation.hangs):
        raise ExpectationError("say how many threads each hang has")
    return expectation
