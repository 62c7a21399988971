#!/bin/sh
# Builds the generator into a temporary folder, runs it and compares what it writes with data/sample,
# byte for byte. Exit 1 on any difference. --update writes the new files into data/sample instead.
set -eu

data=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# Sums and products stay separate operations on every machine, so the last bit is the same everywhere.
"${CC:-cc}" -std=c17 -O2 -ffp-contract=off -fexcess-precision=standard -I "$data" \
    -o "$work/make_sample" "$data/make_sample.c" "$data"/generator/*.c -lm

if [ "${1:-}" = --update ]; then
    mkdir -p "$data/sample"
    "$work/make_sample" "$data/sample"
    exit 0
fi

mkdir "$work/sample"
"$work/make_sample" "$work/sample"
if ! diff -rq "$work/sample" "$data/sample"; then
    echo "data/sample is not what data/make_sample.c makes; see data/README.md" >&2
    exit 1
fi
