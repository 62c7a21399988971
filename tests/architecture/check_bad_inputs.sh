#!/bin/sh
# The page of bad inputs names every row of the list once, and each file that it names has the row's number; a row that does not apply says why.
# Usage: check_bad_inputs.sh TOP
set -eu
cd "$1"
page=tests/bad-inputs.md
bad=0
complain() {
    echo "$page: $*"
    bad=1
}
count=0
for last in A38 B39 C50 J18; do
    letter=${last%??}
    for number in $(seq -w 1 "${last#?}"); do
        row=$letter$number
        count=$((count + 1))
        line=$(grep "^| $row |" "$page" || true)
        if [ "$(printf '%s\n' "$line" | grep -c .)" -ne 1 ]; then
            complain "$row has not one line"
            continue
        fi
        held=$(printf '%s\n' "$line" | cut -d'|' -f4)
        case $held in
            *"does not apply: "????????????????* | *"not yet: "????????????????*) continue ;;
        esac
        files=$(printf '%s\n' "$held" | grep -o '`[^`]*`' | tr -d '`' || true)
        [ -n "$files" ] || complain "$row names no test"
        for file in $files; do
            grep -qw "$row" "tests/$file" 2>/dev/null || complain "$row is not in tests/$file"
        done
    done
done
[ "$bad" -eq 0 ] || exit 1
echo "$count rows are held by a test, or say why they do not apply"
