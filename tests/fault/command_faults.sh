#!/bin/bash
# Kills, interruptions, a busy project and a full disk, through the command. After each the project is as before and whole.
# Usage: command_faults.sh PROGRAM. CASTMAP_KILLS: how many kills of each kind (default 12).
set -u
castmap=$1
kills=${CASTMAP_KILLS:-12}
command -v sqlite3 >/dev/null || { echo "skipped: sqlite3 is not here"; exit 77; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export LC_ALL=C
failures=0

fail() {
    echo "FAILED: $*"
    failures=$((failures + 1))
}

# 40,000 records in a town of four squares.
awk 'BEGIN { srand(7); print "id,lat,lon,date,category";
    for (i = 1; i <= 40000; i++)
        printf "%d,%.6f,%.6f,2025-%02d-%02d,noise\n", i, 53.70 + rand() * 0.1, -4.10 + rand() * 0.1, 1 + int(rand() * 12), 1 + int(rand() * 28) }' >many.csv
awk 'BEGIN { printf "{\"type\":\"FeatureCollection\",\"features\":[";
    for (i = 0; i < 4; i++) { w = -4.10 + (i % 2) * 0.05; s = 53.70 + int(i / 2) * 0.05;
        printf "%s{\"type\":\"Feature\",\"properties\":{\"code\":\"A%d\",\"name\":\"Square %d\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[%.2f,%.2f],[%.2f,%.2f],[%.2f,%.2f],[%.2f,%.2f],[%.2f,%.2f]]]}}", (i ? "," : ""), i, i, w, s, w + 0.05, s, w + 0.05, s + 0.05, w, s + 0.05, w, s }
    print "]}" }' >areas.geojson

fresh() {
    rm -f town.castmap.sqlite*
    "$castmap" init town >/dev/null 2>&1 && "$castmap" boundaries add -p town.castmap.sqlite areas.geojson >/dev/null 2>&1 || fail "no project to work on"
}

# Of the project's rows, not of its pages: what a reader would see.
content() {
    sqlite3 town.castmap.sqlite 'SELECT count(*) FROM observation; SELECT count(*) FROM batch; SELECT count(*) FROM area; SELECT count(*) FROM run;' | tr '\n' ' '
}

whole() {
    [ "$(sqlite3 town.castmap.sqlite 'PRAGMA integrity_check')" = ok ] || fail "$1: integrity_check"
    "$castmap" info -p town.castmap.sqlite >/dev/null 2>&1 || fail "$1: castmap info does not open it"
}

pause() { # turn, longest in ms: a time spread over the range, the same at every run
    awk -v i="$1" -v most="$2" 'BEGIN { printf "%.3f", ((i * 7919) % 1000) / 1000 * most / 1000 }'
}

milliseconds() { # what a command takes, to aim the kills
    local begun
    begun=$(date +%s%N)
    "$@" >/dev/null 2>&1
    echo $((($(date +%s%N) - begun) / 1000000))
}

fresh
before=$(content)
takes=$(milliseconds "$castmap" import -p town.castmap.sqlite many.csv)
fresh

# 1. SIGKILL during import.
struck=0
for i in $(seq 1 "$kills"); do
    "$castmap" import -p town.castmap.sqlite many.csv >/dev/null 2>&1 &
    child=$!
    sleep "$(pause "$i" "$takes")"
    kill -KILL $child 2>/dev/null
    wait $child 2>/dev/null
    code=$?
    whole "kill $i of import"
    if [ $code -eq 137 ]; then
        now=$(content)
        [ "$now" = "$before" ] && struck=$((struck + 1))
        # Struck after the commit, the whole batch is there; anything between is wrong.
        [ "$now" = "$before" ] || [ "$(sqlite3 town.castmap.sqlite 'SELECT count(*) FROM observation')" = 40000 ] || fail "kill $i of import left $now"
    fi
    [ "$(content)" = "$before" ] || fresh
done
echo "import: $struck of $kills kills struck before the end"
[ $struck -gt 0 ] || fail "no kill struck an import in work"

# 2. SIGINT during import: 130, as before.
interrupted=0
for i in 1 2 3 4 5 6; do
    # A shell's background job ignores SIGINT unless it is told otherwise.
    bash -c 'trap - INT; exec "$@"' sh "$castmap" import -p town.castmap.sqlite many.csv >/dev/null 2>int.txt &
    child=$!
    sleep "$(pause "$i" "$takes")"
    kill -INT $child 2>/dev/null
    wait $child
    code=$?
    whole "interruption $i"
    if [ $code -eq 130 ]; then
        interrupted=$((interrupted + 1))
        [ "$(content)" = "$before" ] || fail "interruption $i left $(content)"
    elif [ $code -ne 0 ]; then
        fail "interruption $i ended with $code: $(head -n 1 int.txt)"
    fi
    [ "$(content)" = "$before" ] || fresh
done
echo "import: $interrupted of 6 interruptions ended with 130"

# 3. SIGKILL during make: nothing under the final name, and the next make works.
takes=$(milliseconds "$castmap" make many.csv -b areas.geojson -o aim)
rm -rf aim
struck=0
for i in $(seq 1 $(((kills + 1) / 2))); do
    "$castmap" make many.csv -b areas.geojson -o result >/dev/null 2>&1 &
    child=$!
    sleep "$(pause "$i" "$takes")"
    kill -KILL $child 2>/dev/null
    wait $child 2>/dev/null
    if [ $? -eq 137 ]; then
        struck=$((struck + 1))
        if [ -e result ] && [ ! -s result/public/manifest.json ]; then
            fail "kill $i of make left a folder that is not whole"
        fi
    fi
    rm -rf result result.tmp-*
done
echo "make: $struck kills struck before the end"
[ $struck -gt 0 ] || fail "no kill struck a make in work"
"$castmap" make many.csv -b areas.geojson -o result >/dev/null 2>make.txt || [ $? -eq 3 ] || fail "make after kills: $(tail -n 3 make.txt)"
[ -s result/internal/map.pdf ] || fail "make after kills made no map"

# 4. Another process writes: 5 and a clear line.
( echo 'BEGIN IMMEDIATE;'; sleep 8 ) | sqlite3 town.castmap.sqlite &
holder=$!
sleep 0.5
"$castmap" import -p town.castmap.sqlite many.csv >/dev/null 2>busy.txt
code=$?
[ $code -eq 5 ] || fail "a busy project gave $code, not 5"
grep -qiE 'another process|busy|locked' busy.txt || fail "a busy project is not named: $(head -n 3 busy.txt)"
kill $holder 2>/dev/null
wait $holder 2>/dev/null
sleep 0.2

# 5. No room: 5, the project as before, no output under its name.
before=$(content)
( ulimit -f 1500; "$castmap" import -p town.castmap.sqlite many.csv >/dev/null 2>full.txt )
code=$?
[ $code -eq 5 ] || fail "import on a full disk gave $code, not 5: $(head -n 3 full.txt)"
whole "import on a full disk"
[ "$(content)" = "$before" ] || fail "import on a full disk changed the project"
rm -rf small
( ulimit -f 1500; "$castmap" make many.csv -b areas.geojson -o small >/dev/null 2>full.txt )
code=$?
[ $code -eq 5 ] || fail "make on a full disk gave $code, not 5: $(head -n 3 full.txt)"
[ ! -e small ] || fail "make on a full disk left its folder"
leftover=$(find . -maxdepth 1 -name 'small.tmp-*' | wc -l)
[ "$leftover" -eq 0 ] || fail "make on a full disk left its working folder"

[ $failures -eq 0 ] && echo "all faults left the project whole"
exit $((failures > 0))
