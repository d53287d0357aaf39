#!/usr/bin/python3
"""stress-ng's stressors of locks, threads, processes and memory, which verify their own results.

    stress_ng.py --shim LIB --unknot COMMAND [--times N] [STRESSOR...]
"""

import outcomes

# Operations, not seconds, so that a slower run does the same work. sem ends by time only: its
# threads never count their operations against the limit. mutex needs many: when its first thread has
# done all of them before pthread_create returns to its creator (which a busy machine need not run
# for some milliseconds), it says that it could create none.
STRESSORS = {
    "mutex": ("--mutex-ops", 1000000),
    "sem": ("--timeout", 2),
    "futex": ("--futex-ops", 20000),
    "pthread": ("--pthread-ops", 4000),
    "fork": ("--fork-ops", 500),
    "vfork": ("--vfork-ops", 500),
    "malloc": ("--malloc-ops", 5000),
    "mmap": ("--mmap-ops", 200),
}
SMALL = ["--mmap-bytes", "1M", "--malloc-bytes", "4M"]
TOLD = ("fail:", "error:", "warn:", "skipped", "unsuccessful", "aborted")


def main():
    parser = outcomes.parser(__doc__)
    parser.add_argument("--times", type=int, default=1, metavar="N",
                        help="do N times as many operations (default: 1)")
    parser.add_argument("stressors", nargs="*", metavar="STRESSOR", default=list(STRESSORS),
                        help="default: " + " ".join(STRESSORS))
    arguments = parser.parse_args()
    unknown = set(arguments.stressors) - set(STRESSORS)
    if unknown:
        parser.error("no such stressor here: " + " ".join(unknown))

    def attempt(names, setting):
        found = {}
        for name in names or arguments.stressors:
            option, count = STRESSORS[name]
            end, output = setting.run(["stress-ng", f"--{name}", "2", "--verify", *SMALL,
                                       option, count * arguments.times])
            told = [line.partition("] ")[2] for line in output.splitlines()
                    if any(word in line for word in TOLD)]
            found[name] = "; ".join([end, *told])
        return found

    outcomes.main(arguments, attempt)


if __name__ == "__main__":
    main()
