#!/usr/bin/python3
"""pigz, zstd and 7z with four threads: compress, decompress, the same bytes."""

import os
import sys

import harness

SIZE_BYTES = 8 << 20


def input_file(scene):
    path = scene.folder / "sample"
    path.write_bytes(harness.sample_data(SIZE_BYTES))
    os.utime(path, (10**9, 10**9))  # archives store the time
    return path


def play_filter(scene, compress, decompress):
    packed = scene.run(compress, input=input_file(scene).read_bytes())
    unpacked = scene.run(decompress, input=packed)
    return {"packed": harness.sha256(packed), "unpacked": harness.sha256(unpacked),
            "intact": harness.sha256(unpacked) == harness.sha256(scene.folder / "sample")}


def play_pigz(scene):
    """pigz -p 4"""
    # Without -n -m it stores the time it was called at.
    return play_filter(scene, ["pigz", "-p", "4", "-n", "-m", "-c"], ["pigz", "-p", "4", "-d", "-c"])


def play_zstd(scene):
    """zstd -T0"""
    facts = play_filter(scene, ["zstd", "-T0", "-q", "-c"], ["zstd", "-d", "-q", "-c"])
    four = scene.run(["zstd", "-T4", "-19", "-q", "-c"],
                     input=(scene.folder / "sample").read_bytes()[: 2 << 20])
    return {**facts, "four threads": harness.sha256(four)}


def play_7z(scene):
    """7z -mmt=4, with the two methods that use threads"""
    input_file(scene)
    facts = {}
    for method in ("lzma2", "bzip2"):
        archive, folder = f"{method}.7z", f"out-{method}"
        scene.run(["7z", "a", "-mmt=4", f"-m0={method}", "-mx=5", archive, "sample"])
        facts[f"{method} listing"] = scene.run(["7z", "l", "-slt", archive]).decode()
        scene.run(["7z", "t", "-mmt=4", archive])
        scene.run(["7z", "x", "-mmt=4", f"-o{folder}", archive])
        facts[f"{method} archive"] = harness.sha256(scene.folder / archive)
        facts[f"{method} intact"] = (harness.sha256(scene.folder / folder / "sample")
                                     == harness.sha256(scene.folder / "sample"))
    return facts


PLAYS = {"pigz": play_pigz, "zstd": play_zstd, "7z": play_7z}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in PLAYS:
        sys.exit(f"usage: compressors.py {'|'.join(PLAYS)} OPTIONS")
    name = sys.argv.pop(1)
    harness.main(PLAYS[name], name)
