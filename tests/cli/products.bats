#!/usr/bin/env bats
# map, export and report: what leaves, for a named audience.
load helper

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    load helper
    castmap init town --time-zone Europe/London
    castmap boundaries add "$SAMPLE/wards.geojson" --population "$SAMPLE/population.csv"
    castmap import "$SAMPLE/observations.csv" || [ $? -eq 3 ]
    castmap cluster
    castmap areas
    castmap heat
} >/dev/null 2>&1

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    cp "$BATS_FILE_TMPDIR/town.castmap.sqlite" .
}

@test "an audience must be named; there is no default" {
    for words in "map -o a.pdf" "export -o a" "report -o a.html"; do
        # shellcheck disable=SC2086
        both castmap $words
        code_is 2
        says "$err" "--for"
        # shellcheck disable=SC2086
        both castmap $words --for everybody
        code_is 2
    done
    [ "$(castmap info --json | jq .releases)" -eq 0 ]
}

@test "map: each kind by its name, A4 and A3, upright and landscape" {
    for file in a.pdf a.svg a.png a.html; do
        both castmap map --for internal -o "$file"
        code_is 0
        [ -s "$file" ]
    done
    pdfinfo a.pdf | grep -qE "Page size: +84[12].* x 595"
    castmap map --for internal --paper a3 --portrait -o b.pdf >/dev/null
    pdfinfo b.pdf | grep -qE "Page size: +84[12].* x 119[01]"
}

@test "map: a name of no kind is refused before there is a release" {
    for file in a.docx a pdf .pdf; do
        both castmap map --for partner -o "$file"
        code_is 2
    done
    both castmap report --for partner -o report.pdf
    code_is 2
    [ "$(castmap info --json | jq .releases)" -eq 0 ]
}

@test "an existing file, a missing folder and the project itself are refused before there is a release" {
    touch a.pdf
    both castmap map --for partner -o a.pdf
    code_is 5
    both castmap map --for partner -o missing/a.pdf
    code_is 5
    ln -s town.castmap.sqlite town.pdf
    both castmap map --for partner -o town.pdf --overwrite
    [ "$status" -ne 0 ]
    both castmap report --for partner -o /proc/nothing/report.html
    code_is 5
    [ "$(castmap info --json | jq .releases)" -eq 0 ]
    both castmap map --for partner -o a.pdf --overwrite
    code_is 0
    [ -s a.pdf ]
}

@test "--dry-run says what would be held back, writes nothing and enters nothing" {
    for words in "map -o a.pdf" "export -o a" "report -o a.html"; do
        # shellcheck disable=SC2086
        both castmap $words --for public -n --json
        code_is 0
        jq -e '.dry_run and .for == "public" and .suppressed.cells_withheld >= 0' out.txt
    done
    [ -z "$(find . -name 'a*')" ]
    [ "$(castmap info --json | jq .releases)" -eq 0 ]
}

@test "export: a folder with a manifest, one format, or one file" {
    both castmap export --for partner -o all
    code_is 0
    [ -s all/manifest.json ]
    [ -s all/layers.gpkg ]
    both castmap export --for partner -o only --format geojson
    code_is 0
    [ -s only/areas.geojson ]
    [ ! -e only/layers.gpkg ]
    both castmap export --for partner -o areas.geojson --layer areas
    code_is 0
    cmp areas.geojson only/areas.geojson || [ "$(jq '.features | length' areas.geojson)" -eq "$(jq '.features | length' only/areas.geojson)" ]
    both castmap export --for internal -o heat.tif
    code_is 0
    gdalinfo heat.tif | grep -q "Type=Float"
    both castmap export --for public -o heat-public.tif
    code_is 0
    gdalinfo heat-public.tif | grep -q "Type=Byte"
}

@test "export: contradictions are named" {
    both castmap export --for partner -o a.gpkg --format geojson
    code_is 2
    both castmap export --for partner -o a.geojson
    code_is 2
    says "$err" "--layer"
    both castmap export --for partner -o folder --layer areas
    code_is 2
    both castmap export --for partner -o a.geojson --layer nonsense
    [ "$status" -ne 0 ]
    [ ! -e a.geojson ]
}

@test "a period that ends before it begins, or that is not closed, is refused" {
    both castmap report --for public -o r.html --from 2025 --to 2024
    code_is 2
    both castmap report --for public -o r.html --from 2026-Q3 --to 2026-Q3 --today 2026-10-01
    code_is 7
    [ ! -e r.html ]
}

@test "a release cannot be undone" {
    castmap report --for partner -o r.html >/dev/null
    [ "$(castmap info --json | jq .releases)" -eq 1 ]
    both castmap undo
    code_is 7
}

@test "a project that another process writes to: 5 and a clear line" {
    sqlite3 town.castmap.sqlite "BEGIN EXCLUSIVE; SELECT 1;" ".shell sleep 6" >/dev/null &
    holder=$!
    sleep 1
    both castmap cluster
    code_is 5
    [ -n "$err" ]
    wait "$holder" || true
}

# The sample's wards and as many again two degrees to the north-east, as a file of a whole country has them.
wards_and_far_ones() {
    jq -c 'def far: if type == "array" and (.[0] | type) == "number" then [.[0] + 2, .[1] + 2] elif type == "array" then map(far) else . end;
           .features += [.features[] | .geometry.coordinates |= far | .properties.WD25CD |= sub("X05"; "X06") | .properties.WD25NM += " far"]' "$SAMPLE/wards.geojson" >far.geojson
}

scale_of() {
    pdftotext "$1" - | grep -oE "About 1 ?: ?[0-9,]+" | tr -dc 0-9 | sed 's/^1//'
}

@test "boundaries of a whole country: maps show the areas that hold what is shown, and say so" {
    for audience in internal partner public; do
        castmap map --for "$audience" -o "near_$audience.pdf" >/dev/null
        [ "$(pdftotext "near_$audience.pdf" - | tr '\n' ' ' | grep -c "which hold 98 in 100")" -eq 0 ]
    done
    wards_and_far_ones
    castmap boundaries add far.geojson --population "$SAMPLE/population.csv" --source "somebody" >/dev/null || [ $? -eq 3 ]
    castmap areas >/dev/null
    for audience in internal partner public; do
        castmap map --for "$audience" -o "far_$audience.pdf" >/dev/null
        near=$(scale_of "near_$audience.pdf") far=$(scale_of "far_$audience.pdf")
        echo "$audience: 1 to $near with the wards alone, 1 to $far with the far ones"
        [ $((far * 100)) -le $((near * 110)) ]
        pdftotext "far_$audience.pdf" - | tr '\n' ' ' | grep -E "The map shows [0-9]+ of [0-9]+ areas, which hold 98 in 100 (observations|reports) or more; the files hold the rest."
    done
    castmap export --for public -o files >/dev/null
    [ "$(jq '.features | length' files/*boundaries*.geojson)" -eq "$(jq '.features | length' far.geojson)" ]
}
