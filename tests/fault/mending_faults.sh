#!/bin/bash
# Faults in check, check --fix and quarantine import: kills, a busy project, a full disk, failing allocations. After each the project is as before, or the whole step is there.
# Usage: mending_faults.sh PROGRAM FAIL_NTH_LIBRARY. CASTMAP_KILLS: how many kills of each kind (default 8).
set -u
castmap=$1
library=$2
kills=${CASTMAP_KILLS:-8}
for tool in sqlite3 python3; do
    command -v $tool >/dev/null || { echo "skipped: $tool is not here"; exit 77; }
done
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export LC_ALL=C
failures=0

fail() {
    echo "FAILED: $*"
    failures=$((failures + 1))
}

# 20,000 records, every fourth without a place, every fifth with a category in other letters, every seventh with an accuracy of nothing.
awk 'BEGIN { srand(7); print "id,lat,lon,date,category,accuracy";
    for (i = 1; i <= 20000; i++) {
        place = i % 4 ? sprintf("%.6f,%.6f", 53.70 + rand() * 0.1, -4.10 + rand() * 0.1) : ","
        printf "%d,%s,2025-%02d-%02d,%s,%s\n", i, place, 1 + int(rand() * 12), 1 + int(rand() * 28), i % 5 ? "noise" : "Noise", i % 7 ? 5 : 0 } }' >many.csv
"$castmap" init town >/dev/null 2>&1
"$castmap" import many.csv >/dev/null 2>&1
[ $? -eq 3 ] || fail "the import that sets rows aside"
"$castmap" quarantine export --to-mend -o sheet.csv >/dev/null 2>&1 || fail "the sheet"
python3 - <<'PY'
import csv, random
random.seed(3)
with open("sheet.csv", newline="") as f:
    rows = list(csv.DictReader(f))
for i, row in enumerate(rows):
    if i % 10:  # one in ten stays as it was
        row["lat"], row["lon"] = "%.6f" % random.uniform(53.70, 53.80), "%.6f" % random.uniform(-4.10, -4.00)
with open("mend.csv", "w", newline="") as f:
    w = csv.DictWriter(f, rows[0].keys())
    w.writeheader()
    w.writerows(rows)
PY
cp town.castmap.sqlite clean

# Everything that these commands change.
content() {
    sqlite3 "${1:-town.castmap.sqlite}" "SELECT count(*), sum(row) FROM observation; SELECT count(*), sum(row) FROM quarantine; SELECT count(*) FROM batch; SELECT count(*) FROM run;
        SELECT count(*) FROM mended; SELECT count(*) FROM repair; SELECT count(*) FROM observation WHERE accuracy_m = 0" | tr '\n' ' '
}

# No record is lost: those accepted, those set aside, and nothing twice.
accounted() {
    [ "$(sqlite3 town.castmap.sqlite 'SELECT (SELECT count(*) FROM observation) + (SELECT count(*) FROM quarantine)')" = 20000 ] || fail "$1: rows are missing: $(content)"
    [ "$(sqlite3 town.castmap.sqlite 'PRAGMA integrity_check')" = ok ] || fail "$1: integrity_check"
    [ -z "$(find . -maxdepth 1 -name '*-journal' -size +0)" ] || "$castmap" info >/dev/null 2>&1
    "$castmap" check --rule account,store,index >/dev/null 2>&1 || fail "$1: check finds the account or the store unsound"
}

fresh() {
    rm -f town.castmap.sqlite*
    cp clean town.castmap.sqlite
    chmod 600 town.castmap.sqlite
}

done_once() { # what the whole step leaves
    fresh
    "$castmap" "$@" >/dev/null 2>&1
    content
}

before=$(content clean)
export CASTMAP_PROJECT=$work/town.castmap.sqlite
after_fix=$(done_once check --fix)
after_mend=$(done_once quarantine import mend.csv)
[ "$after_fix" != "$before" ] || fail "check --fix changes nothing: no test of it"
[ "$after_mend" != "$before" ] || fail "quarantine import changes nothing: no test of it"

try() { # name, what it leaves when it is done, words
    local name=$1 whole=$2 i struck=0 code now begun takes
    shift 2
    fresh
    begun=$(date +%s%N)
    "$castmap" "$@" >/dev/null 2>&1
    takes=$((($(date +%s%N) - begun) / 1000000))
    for i in $(seq 1 "$kills"); do
        fresh
        "$castmap" "$@" >/dev/null 2>&1 &
        local child=$!
        sleep "$(awk -v i="$i" -v most="$takes" 'BEGIN { printf "%.3f", ((i * 7919) % 1000) / 1000 * most / 1000 }')"
        kill -KILL $child 2>/dev/null
        wait $child 2>/dev/null
        [ $? -eq 137 ] || continue
        accounted "kill $i of $name"
        now=$(content)
        [ "$now" = "$before" ] && struck=$((struck + 1))
        [ "$now" = "$before" ] || [ "$now" = "$whole" ] || fail "kill $i of $name left a half: $now"
        "$castmap" "$@" >/dev/null 2>&1
        code=$?
        [ $code -eq 0 ] || [ $code -eq 3 ] || fail "$name after kill $i gave $code"
        [ "$(content)" = "$whole" ] || [ "$now" = "$whole" ] || fail "$name after kill $i did something else: $(content)"
    done
    echo "$name: $struck of $kills kills struck before the end"
    [ $struck -gt 0 ] || fail "no kill struck $name in work"

    # Another process writes.
    fresh
    (echo 'BEGIN IMMEDIATE;'; sleep 40) | sqlite3 town.castmap.sqlite &
    local holder=$!
    sleep 0.5
    "$castmap" "$@" >/dev/null 2>busy.txt
    code=$?
    if [ "$whole" = "$before" ]; then
        [ $code -eq 0 ] || [ $code -eq 3 ] || [ $code -eq 5 ] || fail "$name of a busy project gave $code"
    else
        [ $code -eq 5 ] || fail "$name of a busy project gave $code, not 5"
        grep -qiE 'another process|busy|locked' busy.txt || fail "$name: a busy project is not named: $(head -n 3 busy.txt)"
    fi
    kill $holder 2>/dev/null
    wait $holder 2>/dev/null
    sleep 0.2
    [ "$(content)" = "$before" ] || fail "$name of a busy project changed it: $(content)"

    # No room: the file may not grow beyond what it has.
    if [ "$whole" != "$before" ]; then
        fresh
        local blocks=$(($(stat -c %s town.castmap.sqlite) / 1024 + 1))
        (ulimit -f $((blocks / 8)); "$castmap" "$@" >/dev/null 2>full.txt)
        code=$?
        [ $code -eq 5 ] || fail "$name on a full disk gave $code, not 5: $(head -n 3 full.txt)"
        [ "$(content)" = "$before" ] || fail "$name on a full disk changed the project: $(content)"
        accounted "$name on a full disk"
    fi

    # The n-th allocation fails: once, and from there on. Done, or an error that is told; never half, never a crash.
    local n reached=0
    for n in 1 3 9 27 81 200 400 700 1100 1800 2900 4700 7600 12300 20000 40000 80000; do
        for rest in "" 1; do
            fresh
            env CASTMAP_FAIL_NTH=$n ${rest:+CASTMAP_FAIL_REST=1} LD_PRELOAD="$library" "$castmap" "$@" >/dev/null 2>memory.txt
            code=$?
            case $code in
            0 | 3) [ "$(content)" = "$whole" ] || [ "$(content)" = "$before" ] || fail "$name, allocation $n fails${rest:+, and the rest}: done, but not the same: $(content)" ;;
            1 | 4 | 5 | 6) reached=$((reached + 1))
                [ -s memory.txt ] || fail "$name, allocation $n fails${rest:+, and the rest}: $code without a word"
                [ "$(content)" = "$before" ] || fail "$name, allocation $n fails${rest:+, and the rest}: left $(content)" ;;
            134) # PROJ and GEOS are C++ and end the program when memory is gone; the project is as before all the same.
                grep -q bad_alloc memory.txt || fail "$name, allocation $n fails${rest:+, and the rest}: aborted: $(head -n 2 memory.txt)"
                reached=$((reached + 1))
                accounted "$name, allocation $n fails${rest:+, and the rest}"
                [ "$(content)" = "$before" ] || fail "$name, allocation $n fails${rest:+, and the rest}: left $(content)" ;;
            *) fail "$name, allocation $n fails${rest:+, and the rest}: ended with $code: $(head -n 2 memory.txt)" ;;
            esac
        done
    done
    echo "$name: $reached of 34 failing allocations ended it with an error"
    [ $reached -gt 5 ] || fail "failing allocations hardly reach $name"
}

fresh
"$castmap" check >/dev/null 2>&1
try "check" "$before" check
try "check --fix" "$after_fix" check --fix
try "quarantine import" "$after_mend" quarantine import mend.csv

[ $failures -eq 0 ] && echo "nothing was lost"
exit $((failures > 0))
