#!/bin/bash
# Canaries: twelve records with private words, marked times and a marked place go through the whole job with the sample town. No byte of a
# product for partners or the public may hold one of the words, a recorded time, or the place of any observation, in any dress that
# find_canaries knows; and the internal products do hold places, so the search itself is seen to work.
# Usage: canaries.sh PROGRAM FIND_CANARIES TOP
set -u
castmap=$1
find_canaries=$2
sample=$3/data/sample
for tool in sqlite3 gdaltransform pdftotext jq; do
    command -v $tool >/dev/null || { echo "skipped: $tool is not here"; exit 77; }
done
"$find_canaries" --self-test >/dev/null || { echo "FAILED: find_canaries misses a canary in plain sight"; exit 1; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir "$work/zqfolder-hazel"
cd "$work/zqfolder-hazel" || exit 1
export LC_ALL=C
failures=0
fail() {
    echo "FAILED: $*"
    failures=$((failures + 1))
}

# Near the busiest place of the town, so that they are counted and their squares are shown.
cp "$sample/observations.csv" zqfile-aspen.csv
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
    lat=53.75$((4301 + i * 137))
    lon=-4.08$((3019 + i * 71))
    printf '2025-02-%02dT21:4%d:37.000+00:00,2025-02-%02dT21:5%d:43.000+00:00,2025-02-%02d,%s %s 40 4.0,%s,%s,40.0,4.0,late_night_visitors,3,2025-02-%02dT19:3%d:53.000+00:00,"zqnote-birch%d: ask Mrs zqname-cedar%d, zqphone-0770090%04d",zqreporter-elm%d,1,A,%s,%s,9182%05d,zqrecord-fir%02d-4bd7-8e1c,2025-02-%02dT20:4%d:29,,zqremark-gorse%d,submitted_via_web,zquser-holly,vQ3hT8mWkPzr5Nc2Ld7Xaa,,%d\n' \
        $((i + 2)) $((i % 10)) $((i + 2)) $((i % 10)) $((i + 2)) $lat $lon $lat $lon $((i + 2)) $((i % 10)) $i $i $i $i \
        "$([ $i -eq 5 ] && echo C || echo P)" "$([ $i -eq 5 ] && echo zqcondition-ivy)" $i $i $((i + 2)) $((i % 10)) $i $((5000 + i)) >>zqfile-aspen.csv
done
"$castmap" make zqfile-aspen.csv --boundaries "$sample/wards.geojson" --population "$sample/population.csv" \
    --categories "$sample/categories.csv" --buildings "$sample/buildings.csv" --streets "$sample/streets.geojson" \
    --backdrop "$sample/backdrop.geojson" --places "$sample/places.geojson" --time-zone Europe/London \
    --name town --title Wetherstow -q -o town >/dev/null 2>words.txt || [ $? -eq 3 ] || { cat words.txt; fail "the job was not done"; exit 1; }
# Made again on their own, from the project, as they are day by day.
for audience in partner public; do
    mkdir -p "more/$audience"
    for kind in pdf svg png html; do
        "$castmap" map -p town/town.castmap.sqlite --for $audience --buildings "$sample/buildings.csv" -o more/$audience/single.$kind -q >/dev/null 2>words.txt || { cat words.txt; fail "map for $audience"; }
    done
    "$castmap" report -p town/town.castmap.sqlite --for $audience --buildings "$sample/buildings.csv" -o more/$audience/single-report.html -q >/dev/null 2>words.txt || { cat words.txt; fail "report for $audience"; }
done
project=town/town.castmap.sqlite
stored=$(sqlite3 $project "SELECT count(*) FROM observation WHERE text LIKE 'zqnote-%'")
[ "$stored" -eq 12 ] || fail "only $stored of the 12 canaries are in the project"
counted=$(jq -r '[.features[].properties.count] | max' town/partner/cells.geojson)
[ "$counted" -ge 10 ] || fail "no square for partners is full: the canaries were not counted"

for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
    printf 'text\tzqnote-birch%d:\ntext\tzqname-cedar%d,\ntext\tzqreporter-elm%d\ntext\tzqrecord-fir%02d\ntext\tzqremark-gorse%d\ntext\t9182%05d\n' $i $i $i $i $i $i
    printf 'text\t19:3%d:53\ntext\t21:4%d:37\ntext\t20:4%d:29\n' $((i % 10)) $((i % 10)) $((i % 10))
done | sort -u >texts.txt
printf 'text\t%s\n' zqcondition-ivy zquser-holly zqfolder-hazel zqfile-aspen zqphone- zqnote zqname zqreporter "$work" >>texts.txt
crs=$("$castmap" info -p $project --json | jq -r '.crs.code? // .crs? // empty')
case $crs in EPSG:*) ;; *) fail "the working system is not told: $crs" ;; esac
places() { # condition, tolerance in degrees, in metres
    sqlite3 -separator ' ' $project "SELECT printf('%.9f', lon), printf('%.9f', lat) FROM observation WHERE $1" >lonlat.txt
    awk -v t="$2" '{ printf "place\t%s\t%s\t%s\n", $2, $1, t }' lonlat.txt
    gdaltransform -s_srs OGC:CRS84 -t_srs "$crs" -output_xy <lonlat.txt | awk -v t="$3" '{ printf "place\t%.4f\t%.4f\t%s\n", $1, $2, t }'
}
{ places "text LIKE 'zqnote-%'" 0.00001 1.5; places "1" 0.0000006 0.05; } >places.txt
[ "$(wc -l <places.txt)" -gt 4000 ] || fail "too few places to look for"
cat texts.txt places.txt >canaries.txt

for file in town/partner/*.pdf town/public/*.pdf more/*/*.pdf; do pdftotext "$file" "$file.txt"; done
mapfile -t products < <(find town/partner town/public more -type f | sort)
[ ${#products[@]} -ge 36 ] || fail "only ${#products[@]} files to look at"
"$find_canaries" canaries.txt "${products[@]}" >found.txt || { cat found.txt; fail "something private left"; }

# The same search finds what the internal products hold, and what somebody plants in a product.
for file in town/internal/observations.geojson town/internal/layers.gpkg $project; do
    "$find_canaries" places.txt "$file" >found.txt && fail "the places in $file are not found"
done
"$find_canaries" texts.txt $project >found.txt && fail "the words in the project are not found"
cp town/public/map.pdf planted.pdf
printf 'zqnote-birch4: ' >>planted.pdf
"$find_canaries" texts.txt planted.pdf >found.txt && fail "a planted word is not found"
cp town/public/layers.gpkg planted.gpkg
sqlite3 planted.gpkg "CREATE TABLE planted(a); INSERT INTO planted SELECT replace(hex('zqreporter-elm3'), 'x', 'x')"
"$find_canaries" texts.txt planted.gpkg >found.txt && fail "a word planted in hexadecimal is not found"

[ $failures -eq 0 ] && echo "${#products[@]} files hold none of $(wc -l <canaries.txt) canaries"
exit $((failures > 0))
