#!/bin/sh
# Writes docs/commands/ anew from the tables of the command. Usage: tools/docs.sh [PROGRAM]
set -eu
cd "$(dirname "$0")/.."
castmap=${1:-build/dev/tools/castmap/castmap}

mkdir -p docs/commands
rm -f docs/commands/*.md
"$castmap" help --markdown >docs/commands/README.md
"$castmap" help --list | while read -r name; do
    # shellcheck disable=SC2086  # a name may be two words
    "$castmap" help --markdown $name </dev/null >"docs/commands/$(echo "$name" | tr ' ' '-').md"
done
