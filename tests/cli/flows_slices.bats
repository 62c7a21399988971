#!/usr/bin/env bats
# Flows by period as small maps with one legend of widths, on sheet, page and in files, and what of them leaves.
load helper

town() {
    castmap init town >/dev/null 2>&1
    castmap boundaries add "$SAMPLE/wards.geojson" >/dev/null 2>&1
}

@test "flows by quarter: one small map a quarter on the sheet, a table on the page, a layer each in the files" {
    town
    castmap flows "$SAMPLE/movements.csv" --by quarter >/dev/null 2>&1 || true
    both castmap map --for internal --layer flow_slices -o town.pdf
    code_is 0
    pdftotext town.pdf - >words.txt
    for quarter in 'July to September 2024' 'October to December 2024' 'April to June 2026'; do grep -q "$quarter" words.txt; done
    grep -q 'Largest flows of all periods together' words.txt
    castmap map --for internal --layer flow_slices -o town.html >/dev/null 2>&1
    grep -q '"main":"flows_01"' town.html
    grep -q 'Movements by period' town.html
    castmap export --for internal -o out >/dev/null 2>&1
    [ "$(ls out | grep -c '^flows_[0-9][0-9].geojson')" -eq 8 ]
    ogrinfo -q out/layers.gpkg | grep -q flows_08
    # the parts add up to the whole: the sample's movements all have dates
    whole=$(jq '[.features[].properties.count] | add' out/flows.geojson)
    parts=$(cat out/flows_0?.geojson | jq -s '[.[].features[].properties.count] | add')
    [ "$whole" -eq "$parts" ]
    # and are those that the command told
    castmap flows -n "$SAMPLE/movements.csv" --by quarter --json 2>/dev/null | jq '[.periods[] | select(.period == "2025-Q1") | .movements] | add' >told.txt || true
    jq '[.features[].properties.count] | add' out/flows_03.geojson | cmp - told.txt
    # without a way to cut time there is none, and it is said what to do
    castmap flows "$SAMPLE/movements.csv" >/dev/null 2>&1 || true
    both castmap map --for internal --layer flow_slices -o none.pdf
    code_is 1
    says "$err" "castmap flows FILE --by quarter"
    [ ! -e none.pdf ]
}

@test "flows by month: a month without movements is an empty map, and what has no month is on none" {
    town
    cat >moves.csv <<'CSV'
from,to,date
X05000011,X05000012,2025-01-10
X05000012,X05000011,2025-03-10
X05000012,X05000011,2025
X05000012,X05000011,
CSV
    castmap flows moves.csv --by month >/dev/null 2>&1 || true
    castmap export --for internal -o out >/dev/null 2>&1
    jq -e '.features | length == 0' out/flows_02.geojson
    jq -e '.features | length == 1 and .[0].properties.count == 1' out/flows_03.geojson
    [ ! -e out/flows_04.geojson ]
    jq -e '[.methods[] | select(test("2 movements whose time is known less exactly"))] | length == 1' out/manifest.json
}

@test "flows by year for partners and the public: only what reaches the floors in every year, whatever --by says" {
    town
    castmap flows "$SAMPLE/movements.csv" --by month >/dev/null 2>&1 || true
    castmap export --for partner -o out >/dev/null 2>&1
    jq -e '[.features[].properties | "\(.from_name)>\(.to_name)"] | sort | length == 4 and index("Brackwold>Northgate")' out/flows_01.geojson
    jq -r '.features[].properties | "\(.from_code) \(.to_code)"' out/flows_01.geojson | sort >a.txt
    jq -r '.features[].properties | "\(.from_code) \(.to_code)"' out/flows_02.geojson | sort | cmp - a.txt
    [ ! -e out/flows_03.geojson ]
    jq -e '[.features[].properties.count] | all(. % 5 == 0 and . >= 5)' out/flows_01.geojson
    castmap map --for partner --layer flow_slices -o town.pdf >/dev/null 2>&1
    pdftotext town.pdf - | grep -qx '2024'
    castmap map --for partner --from 2025-01-01 --to 2025-12-31 --layer flow_slices -o one.pdf >/dev/null 2>err.txt || true
    [ ! -e one.pdf ]
}

@test "corridors: the sheet lists the chains with their journeys beside the map, the page has them as a table" {
    town
    castmap flows "$SAMPLE/movements.csv" >/dev/null 2>&1 || true
    castmap map --for internal --layer corridors -o town.pdf >/dev/null 2>&1
    pdftotext town.pdf - | tr '\n' ' ' | grep -q 'Chains, and journeys that hold them.*Oswend North > Eastern Way'
    castmap map --for internal --layer corridors -o town.html >/dev/null 2>&1
    grep -q '<table id="corridors">' town.html
    grep -q 'Oswend North &gt; Eastern Way &gt; Linnetfield &gt; Weirside' town.html
}
