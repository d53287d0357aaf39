"""The options: what --help, docs/command-line.md and the parser say must agree."""

import re
import sys

from cases import ROOT, expect_equal, expect_in, expect_one_line, main, unknot

USAGE_STATUS = {"run": 125, "report": 2, "diff": 2, "explain": 2, "confirm": 2,
                "reproduce": 125, "heal": 2, "merge": 2, "order": 2,
                "export": 2, "status": 2, "diagnose": 2, "doctor": 125, "demo": 125, "help": 2}


def _commands():
    return re.findall(r"^  ([a-z]+) +\S", unknot("--help").out, re.M)


def _options(command):
    """[(name, value or "", text)] as --help has them."""
    found = re.findall(r"^  --([a-z-]+)(?:=(\S+))?\n +(.+)$", unknot("help", command).out, re.M)
    assert found, f"no options in the help of {command}"
    return found


def help_lists_the_commands():
    expect_equal(_commands(), list(USAGE_STATUS), "commands")
    for command in USAGE_STATUS:
        expect_in("Usage: unknot " + command, unknot(command, "--help").out)


def docs_list_the_options_of_each_command():
    text = (ROOT / "docs" / "command-line.md").read_text()
    sections = dict(re.findall(r"^## ([a-z]+)\n(.*?)(?=^## |\Z)", text, re.M | re.S))
    expect_equal(sorted(sections), sorted(USAGE_STATUS), "sections")
    for command, section in sections.items():
        documented = re.findall(r"^- `--([a-z-]+)(?:=([^`]+))?` — (.+)$", section, re.M)
        expect_equal(documented, _options(command), "options of " + command)


def parser_knows_the_options_of_the_help():
    names = {name for command in USAGE_STATUS for name, _, _ in _options(command)}
    for command, status in USAGE_STATUS.items():
        own = {name: value for name, value, _ in _options(command)}
        for name in sorted(names):
            argument = f"--{name}" if own.get(name) else f"--{name}=x"
            wanted = ("needs a value" if own.get(name) else
                      "takes no value" if name in own else "unknown option")
            result = unknot(command, argument)
            expect_one_line(result.err, wanted, f"unknot {command}: ")
            expect_equal(result.status, status, f"status of {command} {argument}")


def unknown_option_is_one_line():
    for command, status in USAGE_STATUS.items():
        result = unknot(command, "--no-such-option")
        expect_one_line(result.err, f"unknot {command}: unknown option '--no-such-option' "
                                    f"(see 'unknot {command} --help')")
        expect_equal(result.status, status, "status of " + command)


def unknown_command_is_one_line():
    result = unknot("frobnicate\x1b[31m")
    expect_one_line(result.err, "'frobnicate\\x1b[31m'")
    expect_equal(result.status, 2)


def wrong_value_is_one_line():
    for argument in ("--format=xml", "--color=red", "--stacks=none", "--search-limit=0",
                     "--search-limit=1x", "--search-limit=99999999999999999999",
                     "--timeout=soon", "--timeout=0", "--error-exitcode=256",
                     "--error-exitcode=-1", "--fail-on=maybe"):
        result = unknot("run", argument, "true")
        expect_one_line(result.err, argument)
        expect_equal(result.status, 125, argument)


def only_rules_that_have_a_limit_take_one():
    for words in ("+held-too-long=0", "+held-too-long=", "+held-too-long=5x", "+relock=5",
                  "-held-too-long=5", "+held-too-long=99999999999"):
        result = unknot("run", "--misuse=" + words, "true")
        expect_one_line(result.err, f"no such rule '{words}'")
        expect_equal(result.status, 125, words)
    expect_equal(unknot("run", "--misuse=+held-too-long=5,-relock", "true").status, 0)


def value_may_be_the_next_word():
    result = unknot("report", "--format", "json", "nothing.rec")
    expect_in('"schema": 1', result.out)


def options_of_the_program_are_left_to_it():
    expect_one_line(unknot("run", "no-such-program", "--format=xml").err, "no-such-program")
    expect_one_line(unknot("run", "--", "--format=xml").err, "cannot run --format=xml")


def version_is_told():
    project = (ROOT / "CMakeLists.txt").read_text()
    version = re.search(r"VERSION ([0-9.]+) LANGUAGES", project).group(1)
    expect_equal(unknot("--version").out, f"unknot {version}\n")


if __name__ == "__main__":
    main(sys.modules[__name__])
