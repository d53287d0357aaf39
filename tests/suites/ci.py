"""The suites of docs/ci.md: each as the page says it, on a project that knows nothing of unknot."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

from scenes import BUILD, ROOT, UNKNOT, expect_equal, expect_in, expect_not_in, main, skip

PROJECT = pathlib.Path(__file__).resolve().parent / "project"
PAGE = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
SPLIT = "accounts_lock and audit_lock are taken in opposite orders, in different recordings"
SPLIT_ALSO = "audit_lock and accounts_lock are taken in opposite orders, in different recordings"


def _blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.M | re.S)


def _indented(word):
    """The indented commands of the page that have the word in them."""
    return [line.strip() for line in PAGE.splitlines() if line.startswith("    ") and word in line]


def _run(command, status=0, **keywords):
    """In a shell, with the command of this build on the path."""
    path = f"{pathlib.Path(UNKNOT).parent}:{os.environ['PATH']}"
    done = subprocess.run(["sh", "-ec", command], stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          env=dict(os.environ, PATH=path), timeout=100, **keywords)
    expect_equal(done.returncode, status, f"status of {command!r}, which said:\n{done.stdout}")
    return done.stdout


def _needs(module_or_program):
    found = shutil.which(module_or_program) or subprocess.run(
        [sys.executable, "-c", f"import {module_or_program}"], stderr=subprocess.DEVNULL,
        check=False).returncode == 0
    if not found:
        skip(f"{module_or_program} is not installed")


def _expect_split(text):
    if SPLIT not in text and SPLIT_ALSO not in text:
        raise AssertionError(f"the split cycle is not told:\n{text}")
    expect_equal(text.count("lock-order-cycle (possible)"), 1, "findings")


def _copy_project():
    shutil.copytree(PROJECT, "project")
    os.chdir("project")


def ctest_of_an_unchanged_project_runs_under_it():
    _copy_project()
    configure, build, test = _indented("cmake -B build")[0], "cmake --build build", \
        _indented("unknot run --ci -- ctest --test-dir")[0]
    _run(f"{configure} && {build}")
    text = _run(test, status=66)
    expect_in("100% tests passed", text)
    _expect_split(text)
    expect_in("recording test_transfer.", text)
    expect_in("recording test_report.", text)


def ctest_keeps_its_own_status_without_ci():
    _copy_project()
    _run("cmake -B build && cmake --build build")
    _expect_split(_run("unknot run -- ctest --test-dir build"))
    _run("unknot run --quiet -- ctest --test-dir build -R deposit")


def package_adds_tests_and_a_report_of_all():
    _copy_project()
    _run(f"cmake --install {BUILD} --prefix $PWD/../prefix")
    text = pathlib.Path("CMakeLists.txt").read_text()
    text = text.replace("  add_test(NAME ${test} COMMAND test_${test})",
                        "  unknot_add_test(NAME ${test} COMMAND test_${test})")
    text = text.replace("include(CTest)", "include(CTest)\nfind_package(unknot REQUIRED)")
    pathlib.Path("CMakeLists.txt").write_text(text)
    _run("cmake -B build -DCMAKE_PREFIX_PATH=$PWD/../prefix && cmake --build build")
    text = _run("ctest --test-dir build --output-on-failure", status=8)
    expect_in("75% tests passed, 1 tests failed out of 4", text)
    expect_in("unknot.suite (Failed)", text)
    _expect_split(text)
    # One test alone, and once more, without the report: each has a folder of its own.
    expect_in("100% tests passed", _run("ctest --test-dir build -R transfer -FC unknot"
                                        " && ctest --test-dir build -R transfer -FC unknot"))
    expect_equal(sorted(path.name for path in pathlib.Path("build/unknot.data").iterdir()),
                 ["deposit", "report", "transfer", "transfer.old"])


def wrong_use_of_the_package_stops_cmake():
    _copy_project()
    _run(f"cmake --install {BUILD} --prefix $PWD/../prefix")
    project = pathlib.Path("CMakeLists.txt").read_text() + "find_package(unknot 0.1 REQUIRED)\n"
    for call in ("unknot_add_test(NAME x)", "unknot_add_test(COMMAND x)",
                 "unknot_add_test(SURPRISE NAME x COMMAND y)"):
        pathlib.Path("CMakeLists.txt").write_text(project + call + "\n")
        text = _run("cmake -B build -DCMAKE_PREFIX_PATH=$PWD/../prefix", status=1)
        expect_in("expected unknot_add_test(NAME name COMMAND command [arguments...]", text)


def meson_runs_its_suite_under_it():
    _needs("meson")
    _copy_project()
    pathlib.Path("meson.build").write_text(
        "project('bank', 'c')\nthreads = dependency('threads')\n"
        "bank = static_library('bank', 'bank.c', dependencies: threads)\n"
        "foreach name : ['transfer', 'report', 'deposit']\n"
        "  test(name, executable('test_' + name, 'test_' + name + '.c', link_with: bank,\n"
        "                        dependencies: threads))\nendforeach\n")
    setup, build = _indented("meson setup")[0], _indented("meson compile")[0]
    whole, = _indented("meson test -C build")[:1]
    wrapped = _indented("meson test -C build --wrapper")[0]
    _run(f"{setup} && {build}")
    _expect_split(_run(whole, status=66))
    expect_in("Ok:                 3", _run(f"{wrapped} --num-processes 1"))


def pytest_runs_under_it_with_one_option():
    _needs("pytest")
    pathlib.Path("conftest.py").write_text(_blocks("python")[0])
    pathlib.Path("test_locks.py").write_text(
        "import threading\n\nfirst, second = threading.Lock(), threading.Lock()\n\n\n"
        "def nest(a, b):\n    with a:\n        with b:\n            pass\n\n\n"
        "def test_orders():\n"
        "    done = threading.Event()\n"
        "    one = threading.Thread(target=lambda: (nest(first, second), done.set()))\n"
        "    two = threading.Thread(target=lambda: (done.wait(), nest(second, first)))\n"
        "    one.start()\n    two.start()\n    one.join()\n    two.join()\n")
    plain = _run("/usr/bin/python3 -m pytest -q")
    expect_not_in("lock-order-cycle", plain)
    text = _run("/usr/bin/python3 -m pytest -q --unknot", status=66)
    expect_in("1 passed", text)
    expect_in("1. lock-order-cycle (", text)  # where the interpreter's lock was contended, only possible
    expect_in("1 passed", _run(_indented("-- python3 -m pytest")[0].replace("python3", "/usr/bin/python3"),
                               status=66))


def _workflow(number):
    import yaml
    return yaml.safe_load(_blocks("yaml")[number])


def _expect_merged(name):
    _expect_split(_run(f"unknot report {name}", status=1))


def github_workflow_does_what_it_says():
    _needs("yaml")
    _copy_project()
    steps = [step for step in _workflow(0)["jobs"]["locks"]["steps"] if "run" in step]
    for step in steps:
        _run(step["run"], status=66 if step["name"] == "Test under unknot" else 0)
    upload = _workflow(0)["jobs"]["locks"]["steps"][-1]["with"]["path"]
    _expect_merged(upload)


def gitlab_job_does_what_it_says():
    _needs("yaml")
    _copy_project()
    job = _workflow(1)["locks"]
    for command in job["script"]:
        _run(command, status=66 if "unknot" in command else 0)
    for command in job["after_script"]:
        _run(command)
    _expect_merged(job["artifacts"]["paths"][0])


def learned_order_fails_the_suite_by_one_thread():
    _copy_project()
    _run("cmake -B build && cmake --build build")
    _run("unknot run -- ctest --test-dir build -R transfer")
    pathlib.Path("build/unknot.data").mkdir()
    for path in pathlib.Path("unknot.data").iterdir():
        shutil.copy(path, "build/unknot.data")
    learn, run = _indented("unknot order learn")[0], _indented("--order=locks.order -- ctest")[0]
    _run(learn)
    text = _run(run + " -R report", status=66)
    expect_in("order-violation (happened)", text)


if __name__ == "__main__":
    main(sys.modules[__name__])
