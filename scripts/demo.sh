#!/usr/bin/env bash
# From a fresh checkout to a report: installs what is missing, builds, and runs unknot on a
# program that never hangs but could.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh build
cmake --preset release --log-level=WARNING -DUNKNOT_TESTS=OFF >/dev/null
cmake --build --preset release -- --quiet

exec build/release/bin/unknot demo "${1:-lock_ab_lucky}"
