#!/bin/sh
# Sets up, builds the development preset and runs every test. The last line: N passed, N failed, N skipped.
# Words after the command go to ctest: tools/test.sh -R dbscan
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."

"$here/setup.sh"
cmake --preset dev
cmake --build build/dev

results=build/dev/ctest.xml
rm -f "$results"
jobs=$(nproc 2>/dev/null || echo 1)
code=0
ctest --test-dir build/dev --output-on-failure -j "$jobs" --output-junit ctest.xml "$@" || code=$?

# Counted from what ctest wrote, one <testcase> a test.
counts=$(awk '
    /<testcase / { n++
        if (/status="fail"/) failed++
        else if (/status="notrun"/ || /status="disabled"/) skipped++ }
    END { printf "%d %d %d", n - failed - skipped, failed, skipped }' "$results" 2>/dev/null || echo "0 0 0")
# shellcheck disable=SC2086  # three words on purpose
set -- $counts

if [ "$1" -eq 0 ] && [ "$code" -eq 0 ]; then
    echo "test: nothing ran" >&2
    code=1
fi
if [ "$2" -ne 0 ] && [ "$code" -eq 0 ]; then
    code=1
fi
echo "$1 passed, $2 failed, $3 skipped"
exit "$code"
