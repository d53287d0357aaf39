#!/usr/bin/python3
"""CPython's own tests, natively and under the shim, test by test.

    cpython.py --shim LIB --unknot COMMAND [NAME...]     NAME: a module, class or test of `test`;
                                                         default: all that have to do with threads
"""

import json
import pathlib

import outcomes

PYTHON = "/usr/bin/python3"  # Debian's: the one the tests belong to
ABOUT_THREADS = ("test_thread", "test_threading", "test_threading_local", "test_queue",
                 "test_concurrent_futures", "test_multiprocessing_spawn", "test_asyncio")
RUNNER = pathlib.Path(__file__).resolve().with_name("run_unittests.py")


def main():
    parser = outcomes.parser(__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", default=ABOUT_THREADS)
    arguments = parser.parse_args()

    def attempt(names, setting):
        file = setting.folder / "outcomes.json"
        if names is None or outcomes.END in names:
            names = ["test." + name for name in arguments.names]
        end, output = setting.run([PYTHON, RUNNER, file, *names])
        found = json.loads(file.read_text()) if file.exists() else {}
        found[outcomes.END] = end
        if end != "exit 0" or any(value in ("failed", "error") for value in found.values()):
            print(output[-6000:])
        return found

    outcomes.main(arguments, attempt)


if __name__ == "__main__":
    main()
