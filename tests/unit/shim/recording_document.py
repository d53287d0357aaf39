#!/usr/bin/env python3
"""The recording's document against its tables: usage recording_document.py SOURCE_FOLDER.

Every record kind, with its number and the fields of its struct, every lost counter with its place
and text, and the header's fields must be told in docs/recording.md."""
import pathlib
import re
import sys

source = pathlib.Path(sys.argv[1])
document = (source / "docs/recording.md").read_text()
definitions = (source / "trace/format.h").read_text()
# A line of a table, by the words in its cells.
rows = [[cell.strip() for cell in line.strip("|").split("|")]
        for line in document.splitlines() if line.startswith("|")]
missing = []


def fields_of(struct):
    body = re.search(r"struct %s \{\n(.*?)\n\};" % struct, definitions, re.S).group(1)
    body = re.sub(r"/\*.*?\*/", "", body, flags=re.S)
    names = re.findall(r"(\w+)(?:\[\w*\])?\s*[,;]", body)
    return [name for name in names if name not in ("record", "reserved")]


def expect(there, what):
    if not there:
        missing.append(what)


def row_with(number, name):
    return next((row for row in rows if row[:2] == [number, f"`{name}`"]), None)


kinds = re.findall(r'^X\((\d+), (\w+), (\w+), ', (source / "trace/record_kinds.def").read_text(),
                   re.M)
lost = re.findall(r'^X\((\w+), "(.*)"\)', (source / "trace/lost.def").read_text(), re.M)
if not kinds or not lost:
    sys.exit("the tables could not be read: has their form changed?")

for number, name, struct in kinds:
    row = row_with(number, name)
    expect(row, f"record kind {number} {name}")
    for field in fields_of(struct) if row else []:
        expect(f"`{field}`" in row[2], f"field {field} of {name}")
for number, (name, text) in enumerate(lost):
    row = row_with(str(number), name)
    expect(row and row[2].replace("`", "") == text, f"lost counter {number} {name}: {text}")
header = [row[0] for row in rows]
for field in fields_of("trace_header"):
    expect(any(re.search(rf"`{field}[`\[]", cell) for cell in header) or f"`{field}`" in document,
           f"header field {field}")
for field in fields_of("trace_live"):
    expect(f"`{field}" in document, f"field {field} of a live block")
version = re.search(r"TRACE_VERSION\s+(\d+)u", definitions).group(1)
expect(f"Version {version}." in document, f"version {version}")

for what in missing:
    print(f"docs/recording.md does not tell: {what}", file=sys.stderr)
sys.exit(1 if missing else 0)
