#!/usr/bin/env bats
# What each bad observation file gets, through the command. The number of a test is that of its row in the list of bad inputs (A: files, B: values).
# Every refusal is checked for its code, its words, its account of the rows and, where the whole file is refused, for an unchanged project.
load helper

setup_file() {
    export EMPTY=$BATS_FILE_TMPDIR/empty.castmap.sqlite
    cd "$BATS_FILE_TMPDIR" || return 1
    "$CASTMAP_BIN" -q init empty.castmap.sqlite --time-zone Europe/London >/dev/null
}

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    cp "$EMPTY" town.castmap.sqlite
}

CASTMAP_BIN=${CASTMAP_BIN:-$(cd "$BATS_TEST_DIRNAME/../.." && pwd)/build/dev/tools/castmap/castmap}
HEADER=latitude,longitude,date,category

import() { # options and files; leaves out.txt (JSON), err.txt, $status
    both castmap -q --json import "$@"
}

counts() { # read accepted duplicate quarantined
    local got
    got=$(jq -r '.files[0] | "\(.read) \(.accepted) \(.duplicate) \(.quarantined)"' out.txt)
    [ "$got" = "$1" ] || { echo "rows: $got, not $1" >&2; cat out.txt err.txt >&2; return 1; }
}

reason() { # the code of a reason why rows were set aside
    jq -e --arg code "$1" '[.. | .reasons? // empty | .[]?.code] | index($code) != null' out.txt >/dev/null ||
        { echo "no reason $1" >&2; cat out.txt err.txt >&2; return 1; }
}

noted() {
    jq -e --arg code "$1" '[.. | .notes? // empty | .[]?.code] | index($code) != null' out.txt >/dev/null ||
        { echo "no note $1" >&2; cat out.txt err.txt >&2; return 1; }
}

refused() { # words: the whole file is refused with 4, and the project is as it was
    code_is 4
    says "$err" "$1"
    cmp -s "$EMPTY" town.castmap.sqlite || { echo "the project changed" >&2; return 1; }
}

# One good row, then the row under test, then another good row.
one_row() { # the row; the header may be given as $2
    printf '%s\n53.7500,-4.0800,2025-01-10,visitors\n%s\n53.7501,-4.0801,2025-01-11,visitors\n' "${2:-$HEADER}" "$1" >in.csv
}

aside() { # the row under test is set aside for this reason, the others are taken
    import in.csv
    code_is 3
    counts "3 2 0 1"
    reason "$1"
}

taken() {
    import in.csv "$@"
    code_is 0
    counts "3 3 0 0"
}

# ---- A: files ----------------------------------------------------------------------------------------------------

@test "A01 an empty file" {
    : >in.csv
    import in.csv
    refused "empty file"
}

@test "A02 A03 a header alone, with and without its line end: nothing imported, no batch kept" {
    for header in "$HEADER\n" "$HEADER"; do
        printf "$header" >in.csv
        import in.csv
        code_is 0
        counts "0 0 0 0"
        [ "$(castmap list batches --json | jq '[.. | .batches? // empty | .[]] | length')" -eq 0 ]
    done
}

@test "A04 A05 too few and too many fields: the row is set aside, named by its line" {
    one_row "53.75,-4.08,2025-01-10"
    aside too-few-fields
    [ "$(jq '.files[0].reasons[0].first_row' out.txt)" -eq 3 ]
    cp "$EMPTY" town.castmap.sqlite
    one_row "53.75,-4.08,2025-01-10,visitors,more"
    aside too-many-fields
}

@test "A06 a quote that is never closed: no row is merged, the file is refused" {
    one_row '53.75,-4.08,2025-01-10,"visitors'
    import in.csv
    refused "quote"
    says "$err" "3"
}

@test "A07 A08 a quote inside a field, and text after a closing quote" {
    one_row '53.75,-4.08,2025-01-10,vis"itors'
    aside stray-quote
    cp "$EMPTY" town.castmap.sqlite
    one_row '53.75,-4.08,2025-01-10,"vis"itors'
    aside text-after-quote
}

@test "A09 a NUL byte: the file is refused, with row and byte" {
    printf '%s\n53.75,-4.08,2025-01-10,a\000b\n53.75,-4.08,2025-01-11,c\n' "$HEADER" >in.csv
    import in.csv
    refused "zero byte"
    says "$err" "in.csv:2:field 4"
}

@test "A10 bytes that are not UTF-8, where UTF-8 was said: row, byte and the way out are named" {
    printf '%s\n53.75,-4.08,2025-01-10,caf\351\n' "$HEADER" >in.csv
    import in.csv --encoding utf-8
    refused "UTF-8"
    says "$err" "in.csv:2:field 4"
    says "$err" "byte 27"
    says "$err" "--encoding latin1"
    import in.csv --encoding latin1
    code_is 0
    counts "1 1 0 0"
}

@test "A11 a byte-order mark is no part of the first column's name" {
    printf '\357\273\277%s\n53.75,-4.08,2025-01-10,a\n' "$HEADER" >in.csv
    import in.csv
    code_is 0
    counts "1 1 0 0"
}

@test "A12 UTF-16 with a mark: read as what it is when said" {
    printf '%s\n53.75,-4.08,2025-01-10,a\n' "$HEADER" | iconv -f UTF-8 -t UTF-16 >in.csv
    import in.csv --encoding utf-16
    code_is 0
    counts "1 1 0 0"
}

@test "A13 overlong forms and surrogates" {
    printf '%s\n53.75,-4.08,2025-01-10,\300\257\n' "$HEADER" >in.csv
    import in.csv --encoding utf-8
    refused "UTF-8"
    printf '%s\n53.75,-4.08,2025-01-10,\355\240\200\n' "$HEADER" >in.csv
    import in.csv --encoding utf-8
    refused "UTF-8"
}

@test "A14 semicolons and tabs: recognised by what they make of the header, and shown" {
    printf 'latitude;longitude;date\n53.75;-4.08;2025-01-10\n' >in.csv
    import in.csv
    code_is 0
    jq -e '.files[0].guesses[] | select(.what == "separator") | .value == "semicolon"' out.txt
    printf 'a;b;c\n1;2;3\n' >odd.csv
    cp "$EMPTY" town.castmap.sqlite
    import odd.csv
    refused "one column"
    says "$err" "--delimiter"
}

@test "A15 line ends: LF, CRLF and both are taken, CR alone is refused with a hint" {
    printf '%s\r\n53.75,-4.08,2025-01-10,a\r\n53.76,-4.08,2025-01-10,a\n' "$HEADER" >in.csv
    import in.csv
    code_is 0
    counts "2 2 0 0"
    cp "$EMPTY" town.castmap.sqlite
    printf '%s\r53.75,-4.08,2025-01-10,a\r' "$HEADER" >in.csv
    import in.csv
    refused "CR alone"
}

@test "A16 two columns of one name, also by case or a space at the end" {
    for header in "latitude,longitude,date,date" "latitude,longitude,date,Date" "latitude,longitude,date,date "; do
        printf '%s\n53.75,-4.08,2025-01-10,x\n' "$header" >in.csv
        import in.csv
        refused "3"
        says "$err" "4"
    done
}

@test "A17 no place among the columns: the missing and the present are listed" {
    printf 'date,category\n2025-01-10,x\n' >in.csv
    import in.csv
    code_is 4
    says "$err" "date"
    says "$err" "category"
}

@test "A18 a column that nobody asked for is named once, and stored when it is mapped" {
    printf '%s,shoe\n53.75,-4.08,2025-01-10,a,42\n' "$HEADER" >in.csv
    import in.csv
    code_is 0
    noted unused-columns
    says "$(jq -r '.files[0].notes[].reason' out.txt)" "shoe"
    cp "$EMPTY" town.castmap.sqlite
    import in.csv --map keep=shoe
    code_is 0
    [ "$(sqlite3 town.castmap.sqlite 'SELECT extra FROM observation_detail' | jq -r .shoe)" = 42 ]
}

@test "A19 A20 A21 limits: 20,000 columns, a field of 30 MB, a line without an end" {
    seq -s, 20000 >in.csv
    import in.csv
    refused "500"
    { printf '%s\n53.75,-4.08,2025-01-10,' "$HEADER"; head -c 100000 /dev/zero | tr '\0' a; echo; } >in.csv
    import in.csv
    code_is 4
    says "$err" "64 KiB"
    says "$err" "in.csv:2"
    { printf '%s\n53.75,-4.08,2025-01-10,' "$HEADER"; head -c 30000000 /dev/zero | tr '\0' a; echo; } >in.csv
    import in.csv
    refused "1 MiB"
    { printf '%s\n53.75,-4.08,2025-01-10,' "$HEADER"; head -c 300000000 /dev/zero | tr '\0' a; } >in.csv
    import in.csv
    code_is 4
    cmp "$EMPTY" town.castmap.sqlite
}

# Peak memory of one import in MiB, into its own project.
peak() { # rows
    awk -v n="$1" 'BEGIN { print "id,latitude,longitude,date"
        for (i = 1; i <= n; i++) printf "%d,%.6f,%.6f,2025-01-%02d\n", i, 53 + (i * 7919 % 100003) / 1e5, -4 + (i * 104729 % 100019) / 1e5, i % 28 + 1 }' >many.csv
    castmap -q init "many$1.castmap.sqlite" --time-zone Europe/London >/dev/null
    python3 -c 'import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=open("out.txt", "w"), stderr=open("err.txt", "w")).returncode
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)' "$CASTMAP_BIN" -q --json -p "many$1.castmap.sqlite" import many.csv
}

@test "A22 a million rows need hardly more memory than ten thousand, and every row is accounted for" {
    read -r code few <<<"$(peak 10000)"
    [ "$code" -eq 0 ]
    counts "10000 10000 0 0"
    read -r code many <<<"$(peak 1000000)"
    [ "$code" -eq 0 ]
    counts "1000000 1000000 0 0"
    instrumented || [ $((many - few)) -le 100 ] || { echo "$few MiB, then $many MiB" >&2; return 1; }
    [ "$(ls -A | grep -vc -e castmap.sqlite -e many.csv -e '\.txt$')" -eq 0 ] # no working data are left
}

@test "A23 blank lines: in the middle a refused row, at the end a note" {
    printf '%s\n53.75,-4.08,2025-01-10,a\n\n53.76,-4.08,2025-01-10,a\n' "$HEADER" >in.csv
    import in.csv
    code_is 3
    reason blank-line
    cp "$EMPTY" town.castmap.sqlite
    printf '%s\n53.75,-4.08,2025-01-10,a\n53.76,-4.08,2025-01-10,a\n\n\n' "$HEADER" >in.csv
    import in.csv
    code_is 0
    noted blank-end
}

@test "A24 lines that begin with #" {
    one_row '# a remark'
    import in.csv
    code_is 3
    counts "3 2 0 1"
    cp "$EMPTY" town.castmap.sqlite
    import in.csv --comment
    code_is 0
    counts "2 2 0 0"
}

@test "A25 line ends inside quotes are text, and rows keep their physical numbers" {
    printf '%s,notes\n53.75,-4.08,2025-01-10,a,"one\ntwo\nthree"\n95,-4.08,2025-01-10,a,x\n' "$HEADER" >in.csv
    import in.csv
    code_is 3
    counts "2 1 0 1"
    [ "$(jq '.files[0].reasons[0].first_row' out.txt)" -eq 5 ]
}

@test "A26 A27 decimal commas and separators of thousands are never half read" {
    one_row '"53,75",-4.08,2025-01-10,visitors'
    aside decimal-comma
    cp "$EMPTY" town.castmap.sqlite
    printf 'easting,northing,date\n530000,180000,2025-01-10\n"530,000",180000,2025-01-10\n530010,180000,2025-01-10\n' >in.csv
    import in.csv --crs EPSG:27700
    code_is 3
    counts "3 2 0 1"
    reason thousands-separator
}

@test "A28 a file cut in the middle of a row" {
    printf '%s\n53.75,-4.08,2025-01-10,a\n53.76,-4.0' "$HEADER" >in.csv
    import in.csv
    refused "cut"
    says "$err" "in.csv:3"
}

@test "A30 A31 A32 what is no plain file: pipe, device, folder, link, missing, unreadable" {
    mkfifo pipe.csv
    mkdir folder.csv
    printf '%s\n53.75,-4.08,2025-01-10,a\n' "$HEADER" >real.csv
    ln -s real.csv link.csv
    for file in pipe.csv /dev/zero link.csv missing.csv; do
        both timeout 10 "$CASTMAP_BIN" -q import "$file"
        code_is 5
        says "$err" "$(basename "$file")"
        cmp "$EMPTY" town.castmap.sqlite
    done
    import --follow link.csv
    code_is 0
    counts "1 1 0 0"
}

@test "A33 odd file names are shown escaped, and -- is honoured" {
    printf '%s\n53.75,-4.08,2025-01-10,a\n' "$HEADER" >"$(printf 'a\033[31m\nb.csv')"
    both castmap import "$(printf 'a\033[31m\nb.csv')"
    code_is 0
    ! grep -q "$(printf '\033')" out.txt err.txt
    cp a* ./-dash.csv
    cp "$EMPTY" town.castmap.sqlite
    both castmap -q import -- -dash.csv
    code_is 0
}

@test "A35 the same file again brings nothing new" {
    one_row '53.7505,-4.0805,2025-01-12,visitors'
    import in.csv
    code_is 0
    counts "3 3 0 0"
    import in.csv
    code_is 0
    counts "3 0 3 0"
}

@test "A36 A37 one id with two contents: a conflict, nothing overwritten; twice in a file: both rows named" {
    printf 'id,%s\n7,53.75,-4.08,2025-01-10,a\n' "$HEADER" >in.csv
    import in.csv --map id=id
    code_is 0
    printf 'id,%s\n7,53.76,-4.08,2025-01-10,a\n' "$HEADER" >again.csv
    import again.csv --map id=id
    code_is 3
    counts "1 0 0 1"
    reason id-conflict
    [ "$(sqlite3 town.castmap.sqlite 'SELECT lat FROM observation')" = 53.75 ]
    printf 'id,%s\n8,53.75,-4.08,2025-01-10,a\n8,53.76,-4.08,2025-01-10,a\n' "$HEADER" >twice.csv
    cp "$EMPTY" town.castmap.sqlite
    import twice.csv --map id=id
    code_is 3
    counts "2 1 0 1"
    both castmap quarantine list --json
    says "$out" "id"
}

@test "A38 a header in capitals, with spaces" {
    printf ' LATITUDE ,Longitude, DATE\n53.75,-4.08,2025-01-10\n' >in.csv
    import in.csv
    code_is 0
    counts "1 1 0 0"
}

# ---- B: values ---------------------------------------------------------------------------------------------------

@test "B01 axes the wrong way round" {
    { echo "$HEADER"; for i in $(seq 30); do echo "53.7$i,-4.08,2025-01-10,a"; done; echo "-4.08,53.75,2025-01-10,a"; } >in.csv
    import in.csv
    code_is 3
    counts "31 30 0 1"
    reason swapped-position
}

@test "B01 a first file with axes the wrong way round: nothing tells but the time zone, and a note says so" {
    printf 'lat,lon,date\n-4.08012,53.75012,2025-01-10\n-4.08112,53.75112,2025-01-11\n' >in.csv
    import in.csv
    code_is 0
    noted axes-in-doubt
    cp "$EMPTY" town.castmap.sqlite
    one_row "53.7502,-4.0802,2025-01-12,visitors"
    import in.csv
    code_is 0
    ! grep -q axes-in-doubt out.txt
    import -n in.csv --time-zone Asia/Dubai # the zone of these records, not of the project
    ! grep -q axes-in-doubt out.txt
}

@test "B02 B03 latitude 95, longitude 200, and numbers that are none" {
    for place in "95,-4.08" "53.75,200"; do
        cp "$EMPTY" town.castmap.sqlite
        one_row "$place,2025-01-10,visitors"
        aside out-of-range
    done
    for value in NaN "nan()" inf -inf 1e999 0x1p3; do
        cp "$EMPTY" town.castmap.sqlite
        one_row "$value,-4.08,2025-01-10,visitors"
        import in.csv
        code_is 3
        counts "3 2 0 1"
    done
}

@test "B04 0,0 is a placeholder" {
    one_row "0,0,2025-01-10,visitors"
    aside placeholder-position
}

@test "B05 a coordinate that many rows share is noted with its count" {
    { echo "$HEADER"; for i in $(seq 60); do echo "53.75$i,-4.08,2025-01-10,a"; done
        for i in $(seq 20); do echo "53.7612,-4.0812,2025-01-$((i + 10)),a"; done; } >in.csv
    import in.csv
    code_is 0
    noted position-pile
}

@test "B06 one decimal is known to about 10 km" {
    one_row "53.7,-4.0,2025-01-12,visitors"
    taken
    noted coarse-position
    [ "$(sqlite3 town.castmap.sqlite 'SELECT max(accuracy_m) >= 5000 FROM observation')" -eq 1 ]
}

@test "B07 eastings and northings where degrees are expected" {
    one_row "180000,530000,2025-01-10,visitors"
    aside metres-as-degrees
}

@test "B08 grid references: even digits are taken, odd are not" {
    printf 'grid reference,date\nTQ 300 800,2025-01-10\ntq300801,2025-01-11\nTQ 3008012,2025-01-12\n' >in.csv
    import in.csv --map "position=grid reference"
    code_is 3
    counts "3 2 0 1"
    reason bad-grid-reference
}

@test "B09 degrees, minutes and seconds, in full" {
    printf 'place,date\n"53\302\26045'"'"'00""N 4\302\26004'"'"'48""W",2025-01-10\n53.75 -4.08,2025-01-11\n"53\302\26045 N",2025-01-12\n' >in.csv
    import in.csv --map position=place
    code_is 3
    counts "3 2 0 1"
    [ "$(sqlite3 town.castmap.sqlite 'SELECT count(*) FROM observation WHERE abs(lon + 4.08) < 1e-6 AND abs(lat - 53.75) < 1e-6')" -eq 2 ]
}

@test "B10 half a position" {
    one_row ",-4.08,2025-01-10,visitors"
    aside half-position
}

@test "B11 B12 coordinate systems that nobody knows, or that are links" {
    printf 'easting,northing,date\n530000,180000,2025-01-10\n' >in.csv
    for crs in EPSG:999999 https://example.invalid/crs file:///etc/passwd /etc/passwd "LOCAL_CS[\"x\"]"; do
        import in.csv --crs "$crs"
        [ "$status" -eq 4 ] || [ "$status" -eq 2 ]
        cmp "$EMPTY" town.castmap.sqlite
    done
}

@test "B13 an area over the 180th meridian is refused by name and never a band around the earth; a pole is far from everything" {
    area() { # code, ring...
        printf '{"type":"Feature","properties":{"code":"%s","name":"%s"},"geometry":{"type":"Polygon","coordinates":[[%s]]}}' "$1" "$1" "$2"
    }
    collection() {
        printf '{"type":"FeatureCollection","features":[%s]}' "$1"
    }
    local over west east
    over=$(area OVER '[179,-17],[-179,-17],[-179,-16],[179,-16],[179,-17]')
    west=$(area WEST '[178,-17],[179.9,-17],[179.9,-16],[178,-16],[178,-17]')
    east=$(area EAST '[-179.9,-17],[-179,-17],[-179,-16],[-179.9,-16],[-179.9,-17]')
    collection "$over" >over.geojson
    both castmap -q boundaries add over.geojson
    refused "180th meridian"
    collection "$west,$east" >sides.geojson
    both castmap -q boundaries add sides.geojson
    refused "both sides of the 180th meridian"
    collection "$over,$west" >one.geojson
    both castmap -q --json boundaries add one.geojson
    [ "$(jq .areas out.txt)" -eq 1 ] || { cat out.txt err.txt >&2; return 1; }
    says "$out" "180th meridian"
    cp "$EMPTY" town.castmap.sqlite
    one_row '90,-4.08,2025-01-11,visitors'
    aside far-position
}

@test "B14 B15 a point on a shared border counts once, in the lower code; a point in no area is kept and counted" {
    cat >two.geojson <<'JSON'
{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"code":"B","name":"East"},"geometry":{"type":"Polygon","coordinates":[[[-4,53],[-3,53],[-3,54],[-4,54],[-4,53]]]}},
{"type":"Feature","properties":{"code":"A","name":"West"},"geometry":{"type":"Polygon","coordinates":[[[-5,53],[-4,53],[-4,54],[-5,54],[-5,53]]]}}]}
JSON
    printf '%s\n53.5001,-4,2025-01-10,a\n53.5002,-4.0,2025-01-10,a\n52.5001,-4.5001,2025-01-10,a\n' "$HEADER" >in.csv
    castmap -q boundaries add two.geojson --level ward >/dev/null
    castmap -q --json import in.csv >/dev/null
    both castmap -q --json areas
    code_is 0
    jq -e '[.rows[] | select(.code == "A") | .count] == [2]' out.txt || jq -e '[.. | objects | select(.code? == "A") | .count] == [2]' out.txt
    jq -e '[.. | .unplaced? // empty] | .[0] == 1' out.txt
}

@test "B17 B18 B19 B21 B22 dates that are none, that could be two, or that cannot be" {
    for date in 2026-02-30 31/02/2026; do
        cp "$EMPTY" town.castmap.sqlite
        one_row "53.75,-4.08,$date,visitors"
        import in.csv
        code_is 3
        counts "3 2 0 1"
    done
    cp "$EMPTY" town.castmap.sqlite
    one_row "53.75,-4.08,03/04/2025,visitors"
    aside ambiguous-date
    cp "$EMPTY" town.castmap.sqlite
    one_row "53.75,-4.08,03/04/2025,visitors"
    taken --date-order dmy
    for date in 2999-01-01 1900-01-01; do
        cp "$EMPTY" town.castmap.sqlite
        one_row "53.75,-4.08,$date,visitors"
        import in.csv
        code_is 3
        counts "3 2 0 1"
    done
    for date in 10000-01-01 -5 45992 44:00:00 "2025-01-10T23:59:60Z"; do
        cp "$EMPTY" town.castmap.sqlite
        one_row "53.75,-4.08,$date,visitors"
        import in.csv
        [ "$status" -eq 3 ] || [ "$date" = "2025-01-10T23:59:60Z" ]
    done
}

@test "B20 hours that the clocks leave out or have twice are kept and flagged" {
    printf '%s\n53.7500,-4.0800,2025-03-30 01:30,a\n53.7501,-4.0801,2025-10-26 01:30,a\n53.7502,-4.0802,2025-06-01 12:00,a\n' "$HEADER" >in.csv
    import in.csv
    code_is 0
    counts "3 3 0 0"
    noted clock-gap
    noted clock-overlap
}

@test "B23 a category that is not of the list: the nearest is named" {
    printf 'code,label,aliases\nvisitors,Many visitors,guests\n' >list.csv
    one_row "53.75,-4.08,2025-01-12,vistors"
    import in.csv --categories list.csv
    code_is 3
    reason unknown-category
    both castmap quarantine list
    says "$out" "visitors"
}

@test "B24 B25 B26 B27 grades and handling" {
    header=latitude,longitude,date,source_grade,information_grade,handling,handling_conditions
    row() { printf '%s\n53.7500,-4.0800,2025-01-10,1,A,P,\n%s\n' "$header" "$1" >in.csv; cp "$EMPTY" town.castmap.sqlite; import in.csv "${@:2}"; }
    row "53.75,-4.08,2025-01-11,5,A,P,"
    code_is 3
    reason bad-source-grade
    row "53.75,-4.08,2025-01-11,1,F,P,"
    code_is 3
    reason bad-information-grade
    row "53.75,-4.08,2025-01-11,1,A,X,"
    code_is 3
    reason bad-handling
    row "53.75,-4.08,2025-01-11,1,A,C,"
    code_is 3
    reason no-conditions
    row "53.75,-4.08,2025-01-11,,,,"
    code_is 0
    noted no-grade
    [ "$(sqlite3 town.castmap.sqlite "SELECT source_grade || information_grade || handling FROM observation WHERE row = 3")" = 2DC ]
    printf 'latitude,longitude,date,grade\n53.75,-4.08,2025-01-11,B25\n' >in.csv
    cp "$EMPTY" town.castmap.sqlite
    import in.csv
    code_is 3
    import in.csv --legacy-grades
    code_is 0
}

@test "B28 numbers of persons that cannot be" {
    for persons in -1 1000000000 2.5; do
        cp "$EMPTY" town.castmap.sqlite
        one_row "53.75,-4.08,2025-01-10,visitors,$persons" "$HEADER,persons"
        sed -i '2s/$/,1/;4s/$/,1/' in.csv
        aside bad-persons
    done
}

@test "B29 B30 B33 text that a terminal must not be sent, that misleads the eye, or that names somebody" {
    printf '%s,notes,source\n53.75,-4.08,2025-01-10,a,"\033]52;c;AAAA\007",one\n53.76,-4.08,2025-01-10,a,"ring me on 07700 900123, x@example.org",\342\200\256two\n' "$HEADER" >in.csv
    both castmap import in.csv
    code_is 0
    ! grep -q "$(printf '\033')" out.txt err.txt
    sqlite3 town.castmap.sqlite 'SELECT hex(text) FROM observation WHERE row = 2' | grep -q 1B5D3532
    cp "$EMPTY" town.castmap.sqlite
    import in.csv
    noted personal-data
    noted odd-characters
    ! grep -q "07700" out.txt err.txt
}

@test "B31 a note of a megabyte is refused" {
    { printf '%s,notes\n53.75,-4.08,2025-01-10,a,' "$HEADER"; head -c 1000000 /dev/zero | tr '\0' n; echo; } >in.csv
    import in.csv
    code_is 4
    says "$err" "KiB"
    cmp "$EMPTY" town.castmap.sqlite
}

@test "B32 one name in two forms of Unicode is one" {
    printf '%s\n53.75,-4.08,2025-01-10,caf\303\251\n' "$HEADER" >in.csv
    import in.csv
    code_is 0
    printf '%s\n53.75,-4.08,2025-01-10,cafe\314\201\n' "$HEADER" >in.csv
    import in.csv
    code_is 0
    counts "1 0 1 0"
}

@test "B34 B35 B36 B37 formulas, markup, statements and templates are kept exactly and do nothing" {
    printf '%s,notes\n' "$HEADER" >in.csv
    n=0
    while IFS= read -r text; do
        n=$((n + 1))
        printf '53.75%02d,-4.08,2025-01-10,a,"%s"\n' "$n" "${text//\"/\"\"}" >>in.csv
    done <<'TEXTS'
=HYPERLINK("http://example.invalid","x")
+44 1
-1+1
@SUM(A1)
<script>alert(1)</script>
"><img src=x onerror=alert(1)>
javascript:alert(1)
'; DROP TABLE observation;--
%n%s%x
{{7*7}}
${x}
TEXTS
    import in.csv
    code_is 0
    counts "$n $n 0 0"
    [ "$(sqlite3 town.castmap.sqlite "SELECT text FROM observation WHERE row = 9")" = "'; DROP TABLE observation;--" ]
    [ "$(sqlite3 town.castmap.sqlite "SELECT text FROM observation WHERE row = 11")" = "{{7*7}}" ]
    [ "$(sqlite3 town.castmap.sqlite "SELECT count(*) FROM observation")" -eq "$n" ]
}

# ---- J: the command ----------------------------------------------------------------------------------------------

@test "B38 names of attachments that climb, are absolute or lie elsewhere: no file is opened, the names are text" {
    printf '%s\n' 'latitude,longitude,date,photo' '53.7500,-4.0800,2025-01-10,../../id' '53.7501,-4.0801,2025-01-10,/etc/passwd' \
        '53.7502,-4.0802,2025-01-10,file:///etc/passwd' '53.7503,-4.0803,2025-01-10,"\\\\host\c$\x.jpg"' >in.csv
    import in.csv
    code_is 0
    counts "4 4 0 0"
    noted unused-columns # not stored unless asked for
    cp "$EMPTY" town.castmap.sqlite
    if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
        ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=openat,open,connect -o trace.txt "$CASTMAP_BIN" -q import --map keep=photo in.csv
        ! grep -E '/etc/passwd|host|"[^"]*/id"|connect\(' trace.txt
    else
        castmap -q import --map keep=photo in.csv
    fi
    # Kept word for word, as text of the record.
    run sqlite3 town.castmap.sqlite "SELECT count(*) FROM observation AS o LEFT JOIN term AS t ON t.id = o.extra WHERE coalesce(t.text, o.extra) LIKE '%../../id%' OR coalesce(t.text, o.extra) LIKE '%/etc/passwd%'"
    [ "$output" = 3 ]
}

@test "J08 standard output that is full" {
    one_row "53.75,-4.08,2025-01-12,visitors"
    status=0
    "$CASTMAP_BIN" --json import in.csv >/dev/full 2>err.txt || status=$?
    code_is 5
}

@test "J10 odd radii and numbers, and one place with everything" {
    { echo "$HEADER,accuracy"; for i in $(seq 50); do echo "53.75001,-4.08001,2025-01-10,a,5"; done; } >in.csv
    import in.csv
    for words in "--radius 0m" "--radius -5m" "--radius nan" "--radius inf" "--min 0"; do
        # shellcheck disable=SC2086
        both castmap cluster $words
        code_is 2
    done
    both castmap -q --json cluster --radius 10m --min 5
    code_is 0
    [ "$(jq .clusters out.txt)" -eq 1 ]
    # Nothing says that these were measured: a position that a form fills in by itself makes no place (B05).
    cp "$EMPTY" town.castmap.sqlite
    cut -d, -f1-4 in.csv >default.csv
    import default.csv
    both castmap -q --json cluster --radius 10m --min 5
    code_is 1
    [ "$(jq -r .error.what out.txt)" = "no observation is known as exactly as 10 m" ]
}

@test "J11 J12 heat maps without cells or with too many, periods that run backwards or hold nothing" {
    { echo "$HEADER"; for i in $(seq 50); do echo "53.75$i,-4.08,2025-01-10,a"; done; } >in.csv
    import in.csv
    for words in "--cell 0m" "--radius 0m" "--from 2025-02-01 --to 2025-01-01"; do
        # shellcheck disable=SC2086
        both castmap heat $words
        code_is 2
    done
    both castmap heat --radius 1km --cell 0.001m
    [ "$status" -eq 4 ] || [ "$status" -eq 2 ]
    both castmap heat --from 2020 --to 2020
    [ "$status" -ne 0 ]
    says "$err" "to do"
}

@test "J13 streets in parts, without length, round to themselves; an observation 5 km from any" {
    cat > streets.geojson <<'JSON'
{"type": "FeatureCollection", "features": [
{"type": "Feature", "properties": {"name": "One"}, "geometry": {"type": "LineString", "coordinates": [[-4.08, 53.75], [-4.075, 53.75], [-4.07, 53.75]]}},
{"type": "Feature", "properties": {"name": "Island"}, "geometry": {"type": "LineString", "coordinates": [[-4.08, 53.76], [-4.07, 53.76]]}},
{"type": "Feature", "properties": {"name": "Nothing"}, "geometry": {"type": "LineString", "coordinates": [[-4.075, 53.75], [-4.075, 53.75]]}},
{"type": "Feature", "properties": {"name": "Ring"}, "geometry": {"type": "LineString", "coordinates": [[-4.07, 53.75], [-4.069, 53.751], [-4.068, 53.75], [-4.07, 53.75]]}}
]}
JSON
    { echo "$HEADER"
      for i in $(seq 10 19); do echo "53.75001,-4.07$i,2025-01-10,a"; done    # on One
      for i in $(seq 10 14); do echo "53.76001,-4.07$i,2025-01-11,a"; done    # on the island
      echo "53.7505,-4.0685,2025-01-12,a"                                     # on the ring
      echo "53.8049,-4.075,2025-01-12,a"; } > in.csv                         # 5 km north of all
    import in.csv
    castmap --json streets add streets.geojson > streets.json
    # the street without length is told and is no street; the ring and the parts are kept and told
    [ "$(jq -c '[.features, .used, .lines_without_length, .loops, .parts]' streets.json)" = '[4,4,1,1,2]' ]
    for form in simple discontinuous continuous; do
        both castmap --json routes --form $form --min 2
        code_is 0
        [ "$(jq -c '[.observations, .snapped, .too_far, .vague, .shared]' out.txt)" = '[17,16,1,0,0]' ]
        [ "$(jq '[.stretches[].count] | add' out.txt)" -ge 15 ]
        jq -e '.remarks | any(.code == "too-far" and (.text | contains("1 observations are farther than 50 m")))' out.txt
    done
    # within reach of the limit it is counted, and its distance told
    both castmap --json routes --snap 5km --min 2
    [ "$(jq -c '[.snapped, .too_far]' out.txt)" = '[17,0]' ]
    jq -e '.farthest_m > 4900 and .farthest_m < 5100' out.txt
    # between parts there is no way, and it is said
    both castmap route 53.75,-4.075 53.76,-4.075
    [ "$status" -ne 0 ]
    says "$err" "to do"
}
