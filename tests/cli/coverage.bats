#!/usr/bin/env bats
# What a release says of the time that its records cover: a month is not read as a year, and what is there besides observations is said in its own words.
load helper

@test "coverage: a public map of one month of records does not speak for its year, in every product" {
    { head -1 "$SAMPLE/observations.csv"; grep '^2024-09' "$SAMPLE/observations.csv"; } >september.csv
    castmap init town >/dev/null 2>&1
    castmap boundaries add "$SAMPLE/wards.geojson" >/dev/null 2>&1
    castmap import september.csv >/dev/null 2>&1 || true
    castmap map --for public -o map.html >/dev/null 2>&1
    castmap map --for public -o map.svg >/dev/null 2>&1
    castmap report --for public -o report.html >/dev/null 2>&1
    castmap export --for public -o out >/dev/null 2>&1
    for file in map.html report.html; do
        grep -q '2024, for the public; months covered: September 2024 (1 of 12)' $file
        grep -q 'do not read them as the whole of 2024' $file
        if grep -qiE 'from [0-9]+ September|to [0-9]+ September|only September' $file; then return 1; fi # no day of a record
    done
    jq -e '.coverage == "months covered: September 2024 (1 of 12)" and .from == "2024-01-01" and .to == "2024-12-31"' out/manifest.json
    # made again after a record of another month came: the ledger says the same
    { head -1 "$SAMPLE/observations.csv"; grep '^2024-10' "$SAMPLE/observations.csv"; } >october.csv
    castmap import october.csv >/dev/null 2>&1 || true
    castmap map --for public -o again.html >/dev/null 2>&1
    grep -q 'months covered: September 2024 (1 of 12)' again.html
}

@test "coverage: where every month is covered the title is the year alone" {
    castmap init town >/dev/null 2>&1
    castmap boundaries add "$SAMPLE/wards.geojson" >/dev/null 2>&1
    castmap import "$SAMPLE/observations.csv" >/dev/null 2>&1 || true
    castmap export --for public --from 2025-01-01 --to 2025-12-31 -o out >/dev/null 2>&1
    jq -e '.coverage == "every month covered" and ([.caveats[] | select(test("whole of"))] | length == 0)' out/manifest.json
}

@test "coverage: movements without observations are told in their own words" {
    castmap init town >/dev/null 2>&1
    castmap boundaries add "$SAMPLE/wards.geojson" >/dev/null 2>&1
    castmap flows "$SAMPLE/movements.csv" >/dev/null 2>&1 || true
    castmap map --for internal -o moves.html >/dev/null 2>&1
    grep -qE '>Movements from [0-9]+ [A-Z][a-z]+ 20[0-9]+ to [0-9]+ [A-Z][a-z]+ 20[0-9]+' moves.html
    if grep -qE 'Observations (from|without)' moves.html; then return 1; fi
    printf 'from,to\nX05000011,X05000012\n' >undated.csv
    castmap flows undated.csv >/dev/null 2>&1
    castmap map --for internal -o undated.html >/dev/null 2>&1
    grep -q 'Movements without a time' undated.html
}
