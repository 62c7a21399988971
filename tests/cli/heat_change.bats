#!/usr/bin/env bats
# Heat maps of changes on one domain of colours: several periods in one command, and several maps made one by one.
load helper

setup_file() {
    export TOWN=$BATS_FILE_TMPDIR/town.castmap.sqlite
    cd "$BATS_FILE_TMPDIR" || return 1
    local castmap=${CASTMAP_BIN:-$CASTMAP_TOP/build/dev/tools/castmap/castmap}
    "$castmap" -q init town.castmap.sqlite --time-zone Europe/London >/dev/null
    "$castmap" -q boundaries add "$SAMPLE/wards.geojson" --population "$SAMPLE/population.csv" --level ward >/dev/null
    "$castmap" -q import "$SAMPLE/observations.csv" --categories "$SAMPLE/categories.csv" >/dev/null || [ $? -eq 3 ]
}

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    cp "$TOWN" town.castmap.sqlite
}

heat() { # options; JSON in out.txt
    both castmap -q --json heat "$@"
}

value() { jq -r "$1" out.txt; }

# class, label and edges of all features of a file
classes() { jq -r '.features[].properties | "\(.class) \(.label)"' "$@" | sort -u; }

@test "a change through several periods: each against the one before it, all in one legend" {
    heat --change 2024-Q3:2024-Q4:2025-Q3:2025-Q4 --radius 700m --cell 80m
    code_is 0
    [ "$(value .slices)" -eq 3 ]
    [ "$(value '.breaks | length')" -eq 7 ]
    castmap -q export --for internal -o series >/dev/null
    [ "$(jq -r .title series/heat_03.geojson)" = "Change, 2025-10-01 to 2025-12-31 less the one before" ]
    classes series/heat.geojson series/heat_01.geojson series/heat_02.geojson series/heat_03.geojson >legend.txt
    [ "$(cut -d' ' -f1 legend.txt | sort -u | wc -l)" -eq "$(wc -l <legend.txt)" ] # a class has one label everywhere
    grep -q "^3 about the same" legend.txt
    both castmap -q map --for internal --layer slices -o series.pdf
    code_is 0
    pdftotext series.pdf - | grep -q "2025-07-01 to 2025-09-30 less the one before"
    # One of the maps made by itself, in the classes of the series, is the same map.
    heat --change 2025-Q3:2025-Q4 --radius 700m --cell 80m --name alone --domain heat
    castmap -q export --for internal -o alone >/dev/null
    classes alone/heat.geojson >one.txt
    classes series/heat_03.geojson | diff - one.txt
    area() { ogrinfo -q "$1" -dialect SQLite -sql "SELECT class, round(sum(ST_Area(geometry)) * 1e9) AS a FROM $2 WHERE class <> 3 GROUP BY class ORDER BY class" | grep " = "; }
    diff <(area series/heat_03.geojson heat_03) <(area alone/heat.geojson heat)
    castmap -q undo >/dev/null
    castmap -q undo >/dev/null
}

@test "maps made one by one share a domain that is said, or that of an earlier one" {
    heat --change 2024-Q3:2025-Q3 --radius 700m --cell 80m --name autumn --domain 3
    [ "$(value '.breaks[1:] | map(tostring) | join(" ")')" = "-3 -1.5 -0.75 0.75 1.5 3" ]
    heat --change 2024-Q4:2025-Q4 --radius 700m --cell 80m --name winter --domain autumn
    [ "$(value '.breaks[1:] | map(tostring) | join(" ")')" = "-3 -1.5 -0.75 0.75 1.5 3" ]
    awk -v low="$(value '.breaks[0]')" -v least="$(value .minimum)" 'BEGIN { exit !(low < least && low < -3) }' # nothing falls out of the legend
    [ "$(sqlite3 town.castmap.sqlite "SELECT json_extract(parameters, '\$.domain_of') || printf(' %g', json_extract(parameters, '\$.domain')) FROM run ORDER BY number DESC LIMIT 1")" = "autumn 3" ]
}

@test "what makes no sense is refused: another kind of map, no such layer, periods that run backwards" {
    both castmap heat --domain 3
    code_is 2
    says "$err" "that of a change"
    for words in 0 -3 inf nan; do
        both castmap heat --change 2024-Q4:2025-Q4 --domain $words
        code_is 2
        says "$err" "number above 0"
    done
    both castmap heat --change 2024-Q4:2025-Q4 --domain nowhere
    code_is 1
    says "$err" "no map of a change is called that"
    heat --radius 500m --cell 100m --name plain
    both castmap heat --change 2024-Q4:2025-Q4 --domain plain
    code_is 1
    for words in 2024-Q1:2024-Q3:2024-Q2 2024:2024-Q4:2025 2024-Q1::2024-Q2 2024-Q1; do
        both castmap heat --change $words
        code_is 2
    done
    castmap -q heat --change 2024-Q3:2024-Q4:2025-Q1 --radius 700m --cell 100m >/dev/null
    for audience in partner public; do
        both castmap map --for $audience --today 2026-11-01 --layer slices -o s.pdf
        code_is 7
        castmap -q export --for $audience --today 2026-11-01 -o $audience >/dev/null
        [ ! -e $audience/heat_01.geojson ]
    done
}
