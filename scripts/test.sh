#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test, Debian's own programs included.
#
#   scripts/test.sh [CTEST-OPTION...]      e.g. -L unit, -R mariadb
#
# Unit tests also run under AddressSanitizer and UBSan. Ends with one line that counts passed,
# failed and skipped; the status is 0 only when something ran and nothing failed.
set -euo pipefail
cd "$(dirname "$0")/.."

build() {
    echo "== build: $1"
    cmake --preset "$1" --log-level=WARNING -DUNKNOT_TESTS=ON >/dev/null
    cmake --build --preset "$1" -- --quiet
}

# An attribute of the JUnit file's <testsuite>; ctest writes one a line.
suite_count() {
    sed -n "/^[[:space:]]$2=/{s/[^0-9]//gp;q}" "$1"
}

# Runs one preset's tests and adds them to the totals.
run_tests() {
    local preset=$1 results failures
    shift
    results=$PWD/build/$preset/results.xml
    rm -f "$results"
    echo "== test: $preset"
    ctest --preset "$preset" --no-tests=error --parallel "$(nproc)" --output-junit "$results" "$@" ||
        status=1
    if [[ ! -s $results ]]; then
        return
    fi
    failures=$(suite_count "$results" failures)
    failed=$((failed + failures))
    skipped=$((skipped + $(suite_count "$results" skipped)))
    ran=$((ran + $(suite_count "$results" tests)))
}

status=0 ran=0 failed=0 skipped=0
scripts/setup.sh
if (($# == 0)); then
    build sanitize
    run_tests sanitize
fi
build dev
run_tests dev "$@"

echo "unknot tests: $((ran - failed - skipped)) passed, $failed failed, $skipped skipped"
if ((ran == 0)); then
    status=1
fi
exit "$status"
