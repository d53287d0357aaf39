"""Prints as JSON what Debian's junitparser reads in a file: runs with Debian's own Python.

Usage: /usr/bin/python3 junit_reader.py FILE
"""

import json
import sys

import junitparser


def _results(case, kind):
    return [{"type": result.type, "text": result.text} for result in case.result
            if isinstance(result, kind)]


def main():
    suites = [{"name": suite.name, "tests": suite.tests, "failures": suite.failures,
               "errors": suite.errors,
               "cases": [{"name": case.name, "failures": _results(case, junitparser.Failure),
                          "errors": _results(case, junitparser.Error)} for case in suite]}
              for suite in junitparser.JUnitXml.fromfile(sys.argv[1])]
    json.dump(suites, sys.stdout)


if __name__ == "__main__":
    main()
