"""--format: several at once, where each goes, what stops them, and names that nobody vouches for."""

import json
import pathlib
import sys

from cases import (ROOT, expect_equal, expect_in, expect_not_in, expect_one_line, main, unknot)
from example import example, line_of, report
from recording import Recording

sys.path.append(str(ROOT / "tests" / "formats"))
import all_formats  # noqa: E402 (needs the path)

TEXT, GITHUB = "1. lock-order-cycle (possible): ", "::warning file="
EVIL = "<T&\"'>\x1b[31m\x01{0}[a](b),%:\n"
STD = "T1|acq(L1)|1\nT1|acq(L2)|2\nT1|rel(L2)|3\nT1|rel(L1)|4\n" \
      "T2|acq(L2)|5\nT2|acq(L1)|6\nT2|rel(L1)|7\nT2|rel(L2)|8\n"


def _read(path):
    return pathlib.Path(path).read_text(encoding="utf-8")


def _sarif(path):
    run, = json.loads(_read(path))["runs"]
    return run


def text_goes_to_the_report_and_formats_with_files_beside_it():
    example().write("x.rec")
    result = report("--format=sarif:a.sarif", "--format=json:a.json", "x.rec", status=1)
    expect_in(TEXT, result.out)
    expect_equal(json.loads(_read("a.json"))["findings"][0]["rule"], "lock-order-cycle")
    expect_equal(_sarif("a.sarif")["results"][0]["ruleId"], "lock-order-cycle")


def another_format_without_a_file_takes_the_place_of_text():
    example().write("x.rec")
    out = report("--format=junit", "--format=text:a.txt", "--output=a.xml", "x.rec", status=1).out
    expect_equal(out, "")
    expect_in(TEXT, _read("a.txt"))
    expect_equal([suite["failures"] for suite in all_formats.read_junit("a.xml")], [1, 0])


def text_and_github_share_a_place_in_the_order_given():
    example().write("x.rec")
    out = report("--format=github", "--format=text", "x.rec", status=1).out
    assert 0 == out.index(GITHUB) < out.index(TEXT), out
    out = report("--format=text", "--format=github", "x.rec", status=1).out
    assert 0 <= out.index(TEXT) < out.index(GITHUB), out


def two_documents_at_one_place_are_refused():
    example().write("x.rec")
    for first, second in ("json", "sarif"), ("text", "junit"), ("junit", "github"):
        result = report(f"--format={first}", f"--format={second}", "x.rec", status=2)
        expect_one_line(result.err, f"--format={first} and --format={second} would go to one place")
        expect_equal(result.out, "")


def two_formats_in_one_file_are_refused():
    example().write("x.rec")
    pathlib.Path("link").symlink_to("a")
    for options in ("--format=json:a", "--format=sarif:a"), ("--output=a", "--format=junit:./a"), \
            ("--format=json:a", "--format=junit:link"):
        result = report(*options, "x.rec", status=2)
        expect_one_line(result.err, options[1] + ": another format goes to this file, too")


def wrong_formats_are_one_line():
    example().write("x.rec")
    for value, part in (("xml", "no such format; report takes text, json, sarif, junit or github"),
                        ("json:", "a file name is missing"), (":a", "no such format"),
                        ("text,json", "no such format")):
        expect_one_line(report(f"--format={value}", "x.rec", status=2).err, value, part)


def status_has_text_and_json_only():
    expect_one_line(unknot("status", "--format=sarif", "1").err,
                    "--format=sarif: status takes text or json")
    expect_one_line(unknot("explain", "--format=sarif", "x.rec", "1").err, "unknown option")


def a_format_that_cannot_be_written_leaves_the_others():
    example().write("x.rec")
    for place, part in (("/no/such/place", "No such file"), ("/dev/full", "No space left")):
        result = report(f"--format=sarif:{place}", "--format=json:a.json", "x.rec", status=2)
        expect_one_line(result.err, place, part)
        expect_in(TEXT, result.out)
        expect_in('"schema": 1', _read("a.json"))
    result = report("--output=/dev/full", "--format=json:b.json", "x.rec", status=2)
    expect_one_line(result.err, "/dev/full")
    expect_in('"schema": 1', _read("b.json"))


def files_are_named_relative_to_the_source_root():
    example().write("x.rec")
    report("--format=sarif:a.sarif", "--format=github:a", "x.rec", status=1)
    run = _sarif("a.sarif")
    here = pathlib.Path.cwd()
    expect_equal(run["originalUriBaseIds"]["%SRCROOT%"]["uri"], here.as_uri() + "/")
    place = run["results"][0]["locations"][0]["physicalLocation"]
    expect_equal(place["artifactLocation"], {"uri": "prog.c", "uriBaseId": "%SRCROOT%"})
    expect_equal(place["region"]["startLine"], line_of("/* f1 wants B */"))
    expect_in(f"file=prog.c,line={line_of('/* f1 wants B */')},", _read("a"))
    parent = str(here.parent)
    report("--source-root=..", "--format=sarif:a.sarif", "--format=github:a", "x.rec", status=1)
    expect_in(f"file={here.name}/prog.c,", _read("a"))
    report("--source-root=/usr", "--format=sarif:a.sarif", "--format=github:a", "x.rec", status=1)
    expect_in(f"file={parent}/{here.name}/prog.c,", _read("a"))
    expect_in(f'"uri": "{here.as_uri()}/prog.c"', _read("a.sarif"))
    expect_one_line(report("--source-root=no-such", "x.rec", status=2).err, "--source-root=no-such")


def a_finding_points_at_the_innermost_frame_below_the_root():
    recording = example()
    recording.write("x.rec")
    pathlib.Path("below").mkdir()
    report("--source-root=below", "--format=sarif:a.sarif", "x.rec", status=1)
    location, = _sarif("a.sarif")["results"][0]["locations"]
    expect_equal(location["logicalLocations"][0]["name"], "f1")


def names_are_escaped_in_each_format():
    recording = Recording()
    recording.process("/bin/" + EVIL, arguments=(EVIL, "--" + EVIL))
    recording.thread(1)
    for thread in 2, 3:
        recording.thread(thread, parent=1, name=EVIL.encode()[:12] + b"\xff\xfe")
    recording.lock(1)
    recording.lock(2)
    recording.dependency(2, 2, [(1, 0)])
    recording.dependency(3, 1, [(2, 0)])
    recording.note(EVIL)
    recording.write("x.rec")
    report(*all_formats.options(), "x.rec", status=1)
    all_formats.check_all(pathlib.Path.cwd(), pathlib.Path.cwd(), status=1)
    for name in "report.txt", "report.xml", "report.github":
        expect_not_in("\x1b", _read(name))
    expect_equal(len(_read("report.github").splitlines()), 2)


def what_is_incomplete_is_told_in_each_format():
    example(lost=(3,)).write("x.rec")
    report(*all_formats.options(), "x.rec", status=1)
    all_formats.check_all(pathlib.Path.cwd(), pathlib.Path.cwd(), status=1)
    invocation, = _sarif("report.sarif")["invocations"]
    notes = [(note["descriptor"]["id"], note["level"])
             for note in invocation["toolExecutionNotifications"]]
    expect_equal(notes, [("lost-space", "warning")])
    expect_equal(invocation["executionSuccessful"], True)
    expect_in("::warning title=unknot%3A incomplete::records not written", _read("report.github"))
    expect_in("note: records not written", _read("report.xml"))


def what_cannot_be_read_is_an_error_in_each_format():
    report(*all_formats.options(), "no-such.rec", status=2)
    all_formats.validate_sarif(json.loads(_read("report.sarif")))
    invocation, = _sarif("report.sarif")["invocations"]
    expect_equal((invocation["executionSuccessful"], invocation["exitCode"]), (False, 2))
    suite, = all_formats.read_junit("report.xml")
    expect_equal((suite["tests"], suite["errors"]), (1, 1))
    expect_in("1 file could not be analysed", _read("report.github"))


def a_clean_recording_is_a_test_that_passed():
    recording = Recording()
    recording.process("/bin/quiet", arguments=("quiet",))
    recording.write("x.rec")
    report(*all_formats.options(), "x.rec", status=0)
    all_formats.check_all(pathlib.Path.cwd(), pathlib.Path.cwd(), status=0)
    suites = all_formats.read_junit("report.xml")
    expect_equal([(suite["name"], [case["name"] for case in suite["cases"]]) for suite in suites],
                 [("unknot.quiet", ["no finding"]), ("unknot", ["recordings"])])
    expect_equal(_read("report.github"), "")


def what_is_hidden_is_in_sarif_only():
    example().write("x.rec")
    report("--format=json", "--output=old.json", "x.rec", status=1)
    pathlib.Path("x.supp").write_text("suppression known one\n    rule: lock-order-cycle\n")
    for option, member in ("--suppressions=x.supp", "suppressions"), \
            ("--baseline=old.json", "baselineState"):
        report(option, *all_formats.options(), "x.rec", status=0)
        log = json.loads(_read("report.sarif"))
        all_formats.validate_sarif(log)
        result, = log["runs"][0]["results"]
        assert member in result, result
        expect_equal(_read("report.github"), "")
        expect_equal([suite["failures"] for suite in all_formats.read_junit("report.xml")], [0, 0])
    expect_equal(result["baselineState"], "unchanged")
    pathlib.Path("none.txt").write_text("# nothing\n")
    report("--baseline=none.txt", "--format=sarif:new.sarif", "x.rec", status=1)
    expect_equal([found["baselineState"] for found in _sarif("new.sarif")["results"]], ["new"])


def a_schedule_without_places_is_a_flow_in_its_order():
    pathlib.Path("x.std").write_text(STD)
    report("--input=std", *all_formats.options(), "x.std", status=1)
    all_formats.check_all(pathlib.Path.cwd(), pathlib.Path.cwd(), status=1, is_recording=False)
    flows = _sarif("report.sarif")["results"][0]["codeFlows"]
    told = sorted((step["executionOrder"], step["location"]["message"]["text"])
                  for thread in flows[-1]["threadFlows"] for step in thread["locations"])
    wanted = sorted(text.split(" ", 1)[1] for _, text in told[-2:])
    expect_equal(wanted, ["wants L1", "wants L2"])


if __name__ == "__main__":
    main(sys.modules[__name__])
