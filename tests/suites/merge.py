"""Merged files."""

import hashlib
import pathlib
import random
import sys

from scenes import (expect_equal, expect_in, expect_one_line, locks_of, main, record, report, split,
                    unknot)

WORDS = ("ab", "ba", "bc", "ca", "ma", "am", "&ab", "&ba", "&bc", "try", "at", "ta", "gate ab ungate",
         "more", "pair", "pair ca", "relock", "wild ba unwild")


def _merge(name, *inputs, options=()):
    done = unknot("merge", f"--output={name}", *options, *inputs)
    expect_equal((done.status, done.err), (0, ""), f"merging {inputs}")
    return pathlib.Path(name).read_bytes()


def _recordings(count, seed):
    chance = random.Random(seed)
    runs = [f"{chance.choice(('one', 'two', 'static_one'))} make "
            f"{chance.choice(WORDS)} {chance.choice(WORDS)}" for _ in range(count)]
    record("data", *runs)
    return sorted(pathlib.Path("data").iterdir())


def _merge_tree(chance, files, depth=0):
    """Random groups, each merged by itself, of recordings and merged files in any order."""
    files = list(files)
    chance.shuffle(files)
    if len(files) < 3 or depth == 3:
        return files
    cuts = sorted(chance.sample(range(1, len(files)), chance.randint(1, 2)))
    merged = []
    for number, (start, end) in enumerate(zip([0, *cuts], [*cuts, len(files)])):
        parts = _merge_tree(chance, files[start:end], depth + 1)
        name = f"{depth}.{number}.{chance.getrandbits(32)}.merged"
        _merge(name, *parts, options=chance.choice(((), ("--jobs=2",))))
        merged.append(name)
    return merged


def merged_files_are_the_same_whatever_the_grouping():
    files = _recordings(24, seed=7)
    whole = _merge("whole.merged", "data")
    expect_equal(_merge("jobs.merged", "data", options=("--jobs=3",)), whole, "with --jobs=3")
    for seed in range(4):
        chance = random.Random(seed)
        tree = _merge("tree.merged", *_merge_tree(chance, files))
        expect_equal(hashlib.sha256(tree).hexdigest(), hashlib.sha256(whole).hexdigest(),
                     f"grouping of seed {seed}")
    expect_equal(_merge("again.merged", "whole.merged", "data", "tree.merged"), whole, "merged again")
    expect_equal(_merge("none.merged", "whole.merged"), whole, "merged with nothing")


def merged_file_tells_what_the_recordings_tell():
    record("data", "one ab", "two ba", "one ca")
    _merge("all.merged", "data")
    found, merged = report("data"), report("all.merged")
    expect_equal([(one["fingerprint"], one["title"]) for one in split(merged)],
                 [(one["fingerprint"], one["title"]) for one in split(found)], "findings")
    expect_in("in 3 processes, 3 threads", unknot("report", "all.merged").out)


def recordings_and_merged_files_are_reported_together():
    record("first", "one ab")
    record("second", "two ba")
    _merge("first.merged", "first")
    finding, = split(report("first.merged", "second"))
    expect_equal(locks_of(finding), ["lock_a", "lock_b"])


def finding_of_one_recording_is_kept_with_its_story():
    record("data", "one pair", "two pair", "two ab")
    _merge("all.merged", "data")
    finding, = report("all.merged")["findings"]
    alone, = report(next(pathlib.Path("data").glob("suite_one*")))["findings"]
    expect_equal(finding["fingerprint"], alone["fingerprint"], "fingerprint")
    expect_equal((finding["recordings"], finding["confidence"]), (2, "predicted"))
    text = unknot("report", "all.merged")
    expect_equal(text.status, 1)
    expect_in("one of 2 recordings merged that have it:", text.out)
    expect_in("holds lock_a, taken at", text.out)


def misuse_is_kept_too():
    record("data", "one relock")
    _merge("all.merged", "data")
    finding, = report("all.merged")["findings"]
    expect_equal((finding["kind"], finding["rule"], finding["confidence"]),
                 ("misuse", "unlock-unlocked", "happened"))


def what_cannot_be_read_is_told_and_the_rest_merged():
    record("data", "one ab", "two ba")
    whole = _merge("whole.merged", "data")
    pathlib.Path("data/broken.rec").write_text("no recording")
    for options in ((), ("--jobs=2",)):
        done = unknot("merge", "--output=rest.merged", *options, "data")
        expect_equal(done.status, 2, "status")
        expect_one_line(done.err, "broken.rec")
        expect_equal(pathlib.Path("rest.merged").read_bytes(), whole, "the rest")


def wrong_use_of_merge_is_one_line():
    for arguments in ((), ("--jobs=0", "data"), ("--jobs=many", "data")):
        done = unknot("merge", *arguments)
        expect_equal(done.status, 2, f"status of {arguments}")
        expect_one_line(done.err)


def _damaged(chance, good):
    bad = bytearray(good)
    kind = chance.randrange(4)
    if kind == 0:
        return bytes(bad[:chance.randrange(len(bad))])
    at = chance.randrange(15, len(bad))
    if kind == 1:
        bad[at] = chance.randrange(256)
    elif kind == 2:
        bad[at:at] = chance.choice((b"\t", b"\n", b"9", b"99999999999999999999", b"\\x00", b"-1"))
    else:
        lines = bad.splitlines(keepends=True)
        del lines[chance.randrange(len(lines))]
        bad = b"".join(lines)
    return bytes(bad)


def damaged_merged_file_is_refused_or_read_but_never_believed_half():
    record("data", "one pair", "two at", "one make ma more", "two ba")
    good = _merge("good.merged", "data")
    refused = 0
    for seed in range(80):
        pathlib.Path("bad.merged").write_bytes(_damaged(random.Random(seed), good))
        done = unknot("merge", "--output=out.merged", "bad.merged", timeout=20)
        assert done.status in (0, 2), f"seed {seed}: status {done.status}"
        refused += done.status == 2
        if done.status == 2:
            expect_one_line(done.err, "bad.merged")
            empty = b"unknot-merged 1\nmodule 0\nstack 0\nclass 0\nrecording 0\ndependency 0\n"
            expect_equal(pathlib.Path("out.merged").read_bytes(), empty + b"finding 0\nend\n")
        elif seed % 4 == 0:
            assert unknot("report", "bad.merged", timeout=20).status in (0, 1), f"seed {seed}"
    assert refused > 40, f"only {refused} of 80 were refused"


def sets_that_unfold_without_end_are_refused():
    rows = "".join(f"p{i}\tp\tc\t{i}\t1\t1\t1\t0\t1\t1\t1\t0\n" for i in range(3000))
    text = ("unknot-merged 1\nmodule 0\nstack 0\nclass 1\na\tb\tc\t0\t1\tstatic a\n"
            f"recording 3000\n{rows}dependency 30000\n")
    more = "".join(f"1-3000\t0\t1\t{i}\t0\n" for i in range(30000))
    pathlib.Path("bad.merged").write_text(text + more + "finding 0\nend\n")
    done = unknot("merge", "--output=out.merged", "bad.merged", timeout=30)
    expect_equal(done.status, 2, "status")
    expect_one_line(done.err, "its sets of recordings are too large")


def another_version_of_the_file_is_refused():
    pathlib.Path("new.merged").write_text("unknot-merged 2\n")
    done = unknot("report", "new.merged")
    expect_equal(done.status, 2, "status")
    expect_one_line(done.err, "it is of another version of unknot: merge the recordings again")


if __name__ == "__main__":
    main(sys.modules[__name__])
