"""One report in all formats: each must be valid, and say what the JSON says."""

import json
import pathlib
import re
import subprocess
from urllib.parse import unquote

import jsonschema

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LEVELS = {"happened": "error", "confirmed": "error", "suspected": "error", "predicted": "error",
          "possible": "warning"}
COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}
FINGERPRINT = "unknotFinding/v1"
COMMAND = re.compile(r"::(error|warning|notice) ((?:[a-z]+=[^,:]*)(?:,[a-z]+=[^,:]*)*)::(.*)")
FORMATS = {"text": "report.txt", "json": "report.json", "sarif": "report.sarif",
           "junit": "report.xml", "github": "report.github"}


def options():
    return [f"--format={name}:{path}" for name, path in FORMATS.items()]


class Wrong(Exception):
    """A report that is not valid, or not the same in two formats."""


def expect(condition, what, evidence=""):
    if not condition:
        raise Wrong(f"{what}: {evidence}"[:3000])


def expect_equal(got, wanted, what):
    expect(got == wanted, what, f"expected {wanted!r}, got {got!r}")


def _schema(path):
    return json.loads((ROOT / path).read_text())


def validate(document, schema):
    validator = jsonschema.validators.validator_for(schema)(schema)
    for error in validator.iter_errors(document):
        expect(False, "/".join(map(str, error.absolute_path)), error.message)


def validate_sarif(log):
    validate(log, _schema("tests/formats/schema/sarif-2.1.0-rtm.5.json"))


def level_of(finding):
    return "note" if finding["kind"] == "hazard" else LEVELS[finding["confidence"]]


def _locations(result):
    """Every location of a result, also those of its flows and stacks."""
    yield from result["locations"]
    yield from result.get("relatedLocations", [])
    for flow in result.get("codeFlows", []):
        for thread in flow["threadFlows"]:
            for step in thread["locations"]:
                yield step["location"]
                yield from (frame["location"] for frame in step.get("stack", {}).get("frames", []))


def _check_location(location, root):
    physical = location.get("physicalLocation")
    if physical is None:
        return
    artifact = physical["artifactLocation"]
    path = unquote(artifact["uri"])
    if artifact.get("uriBaseId") is not None:
        expect_equal(artifact["uriBaseId"], "%SRCROOT%", "uriBaseId")
        expect((root / path).exists(), "no such file below the root", path)
    expect(("region" in physical) != ("address" in physical), "a line or an address", physical)


def _check_messages(result):
    texts = [result["message"]] + [location["message"] for location in _locations(result)
                                   if "message" in location]
    for text in (message["text"] for message in texts):
        plain = text.replace("{{", "").replace("}}", "")
        expect("{" not in plain and "}" not in plain, "a placeholder", text)
        expect("](" not in text, "a link", text)


def _check_flows(result, finding):
    flows = result.get("codeFlows", [])
    for flow in flows:
        names = [thread["id"] for thread in flow["threadFlows"]]
        expect_equal(len(set(names)), len(names), "threads of a flow")
    if finding["steps"] and any(step["request_stack"] for step in finding["steps"]):
        told = {thread["id"] for thread in flows[0]["threadFlows"]}
        steps = {step["thread"] for step in finding["steps"] if step["request_stack"]}
        expect(steps <= told, "threads of the first flow", (steps, told))
    if "witness" in finding:
        orders = sorted(step["executionOrder"] for thread in flows[1]["threadFlows"]
                        for step in thread["locations"])
        expect_equal(orders, list(range(1, len(finding["witness"]["events"]) + 1)),
                     "order of the schedule")


def verified_fixes(finding):
    return [fix for fix in finding["fixes"] if fix["verified"]]


def _check_fixes(result, finding, root):
    """Those whose edits are all there is to do, as replacements of whole lines."""
    complete = [fix for fix in verified_fixes(finding) if fix["complete"]]
    told = result.get("fixes", [])
    expect_equal(len(told), len(complete), "fixes")
    for sarif, fix in zip(told, complete):
        expect_equal(sarif["description"]["text"].replace("{{", "{").replace("}}", "}"),
                     fix["what"], "what a fix is")
        edits = []
        for change in sarif["artifactChanges"]:
            path = root / unquote(change["artifactLocation"]["uri"].removeprefix("file://"))
            for replacement in change["replacements"]:
                region = replacement["deletedRegion"]
                expect_equal((region["startColumn"], region["endColumn"]), (1, 1), "columns")
                edits.append({"file": str(path), "line": region["startLine"],
                              "replaced": region["endLine"] - region["startLine"],
                              "text": replacement.get("insertedContent", {}).get("text", "")})
        expect_equal(edits, fix["edits"], "edits")


def check_sarif(log, report, root, status=None):
    validate_sarif(log)
    run, = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    expect_equal(len({rule["id"] for rule in rules}), len(rules), "rules")
    for rule in rules:
        expect(rule["help"]["text"] and "**What helps:**" in rule["help"]["markdown"], "help", rule)
    expect_equal(len(run["results"]), len(report["findings"]), "results")
    for result, finding in zip(run["results"], report["findings"]):
        expect_equal((result["ruleId"], result["properties"]["findingId"], result["level"],
                      result["properties"]["confidence"]),
                     (finding["rule"], finding["id"], level_of(finding), finding["confidence"]),
                     "result")
        expect_equal(rules[result["ruleIndex"]]["id"], result["ruleId"], "ruleIndex")
        expect_equal(result.get("partialFingerprints", {}).get(FINGERPRINT),
                     finding.get("fingerprint"), "fingerprint")
        expect("What helps: " in result["message"]["text"], "what helps", result["message"])
        for location in _locations(result):
            _check_location(location, root)
        _check_messages(result)
        _check_flows(result, finding)
        _check_fixes(result, finding, root)
    invocation, = run["invocations"]
    expect_equal(invocation["properties"]["complete"], report["complete"], "complete")
    if status is not None:
        expect_equal(invocation["exitCode"], status, "exitCode")


def _output(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                          check=False)
    expect_equal(done.returncode, 0, f"{command[0]}: {done.stderr}")
    return done.stdout


def read_junit(path):
    """Its suites, after the schema has accepted them."""
    _output("xmllint", "--noout", "--schema", HERE / "schema" / "junit-10.xsd", path)
    return json.loads(_output("/usr/bin/python3", HERE / "junit_reader.py", path))


def check_junit(path, report):
    suites = read_junit(path)
    for suite in suites:
        expect_equal((suite["tests"], suite["failures"], suite["errors"]),
                     (len(suite["cases"]), sum(len(case["failures"]) for case in suite["cases"]),
                      sum(len(case["errors"]) for case in suite["cases"])), "counts")
    cases = [case for suite in suites for case in suite["cases"]]
    failures = [failure for case in cases for failure in case["failures"]]
    expect_equal(sorted(failure["type"] for failure in failures),
                 sorted(finding["rule"] for finding in report["findings"]), "failures")
    for failure in failures:
        expect(re.search("what helps: |   fixes:", failure["text"]) and "\x1b" not in failure["text"], "story", failure)
    expect(any(not case["failures"] and not case["errors"] for case in cases), "one that passed")


def _unescaped(text):
    return unquote(text, errors="strict")


def check_github(text, report, root):
    lines = [COMMAND.fullmatch(line) for line in text.splitlines()]
    expect(all(lines), "workflow commands", text)
    found = [line for line in lines if "incomplete" not in line.group(2)]
    expect_equal(len(found), len(report["findings"]), "annotations")
    for line, finding in zip(found, report["findings"]):
        properties = dict(pair.split("=", 1) for pair in line.group(2).split(","))
        expect_equal(line.group(1), COMMANDS[level_of(finding)], "command")
        expect_equal(_unescaped(properties["title"]),
                     f"unknot: {finding['rule']} ({finding['confidence']})", "title")
        expect_equal(_unescaped(line.group(3)).split("\n")[0], finding["title"] + ".", "message")
        if "file" in properties:
            expect((root / _unescaped(properties["file"])).exists(), "file", properties)
            expect(int(properties["line"]) > 0, "line", properties)


def check_text(text, report, is_recording=True):
    for finding in report["findings"]:
        expect(f"{finding['id']}. {finding['kind']}" in text, "finding in the text", text)
        expect(f"   rule: {finding['rule']}" in text, "rule in the text", text)
    fixed = sum(bool(verified_fixes(finding)) for finding in report["findings"])
    expect_equal((text.count("   what helps: "), text.count("   fixes:\n")),
                 (len(report["findings"]) - fixed, fixed), "what helps, and fixes, in the text")
    if report["findings"] and is_recording:
        expect("to run it again: " in text and "; every frame: unknot explain " in text,
               "commands in the text", text)


def check_all(directory, root=ROOT, status=None, is_recording=True):
    """The files of options() in that directory; gives the JSON report back."""
    texts = {name: (directory / path).read_text(encoding="utf-8")
             for name, path in FORMATS.items()}
    report = json.loads(texts["json"])
    validate(report, _schema("docs/report-schema.json"))
    check_sarif(json.loads(texts["sarif"]), report, root, status)
    check_junit(directory / FORMATS["junit"], report)
    check_github(texts["github"], report, root)
    check_text(texts["text"], report, is_recording)
    return report
