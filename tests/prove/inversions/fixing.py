"""Applies the edits of a fix, as a JSON report tells them, to a copy of the source."""

from pathlib import Path


class NotApplicable(Exception):
    """The edits do not fit the source."""


def recommended(finding):
    """(number, from 1, fix) of each verified fix whose edits are all there is to do."""
    return [(number, fix) for number, fix in enumerate(finding["fixes"], 1)
            if fix["verified"] and fix["complete"] and fix["edits"]]


def edited(text, edits):
    """The text with all edits made: each tells lines of the text as it was."""
    lines = text.splitlines(keepends=True)
    end = len(lines) + 1
    for edit in reversed(sorted(edits, key=lambda e: (e["line"], e["replaced"]))):
        begin, replaced = edit["line"], edit["replaced"]
        if begin < 1 or begin + replaced > len(lines) + 1:
            raise NotApplicable(f"lines {begin} to {begin + replaced - 1} of {len(lines)}")
        if begin + replaced > end:
            raise NotApplicable(f"line {begin}: two edits change the same lines")
        lines[begin - 1:begin - 1 + replaced] = [edit["text"]]
        end = begin
    return "".join(lines)


def apply_fix(fix, source, target):
    """Writes the source with the fix to the target."""
    others = {edit["file"] for edit in fix["edits"]} - {str(source)}
    others = {file for file in others if Path(file).name != source.name}
    if others:
        raise NotApplicable(f"edits other files: {', '.join(sorted(others))}")
    text = source.read_text(encoding="utf-8")
    target.write_text(edited(text, fix["edits"]), encoding="utf-8")
