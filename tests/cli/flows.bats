#!/usr/bin/env bats
# Movements from one area to another: every row accounted for, flows, periods, corridors, and taken back.
load helper

# Three areas side by side, about 1.3 km wide each, and a project that knows them.
three_areas() {
    cat >three.geojson <<'JSON'
{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"WD25CD":"X1","WD25NM":"West"},"geometry":{"type":"Polygon","coordinates":[[[-4.12,53.74],[-4.10,53.74],[-4.10,53.76],[-4.12,53.76],[-4.12,53.74]]]}},
{"type":"Feature","properties":{"WD25CD":"X2","WD25NM":"Middle"},"geometry":{"type":"Polygon","coordinates":[[[-4.10,53.74],[-4.08,53.74],[-4.08,53.76],[-4.10,53.76],[-4.10,53.74]]]}},
{"type":"Feature","properties":{"WD25CD":"X3","WD25NM":"East"},"geometry":{"type":"Polygon","coordinates":[[[-4.08,53.74],[-4.06,53.74],[-4.06,53.76],[-4.08,53.76],[-4.08,53.74]]]}}]}
JSON
    castmap init town >/dev/null 2>&1
    castmap boundaries add three.geojson >/dev/null 2>&1
}

moves() {
    cat >moves.csv <<'CSV'
from,to,date,journey,leg,people
X1,Middle,2025-01-10,J1,1,2
X2,East,2025-01-10,J1,2,2
x1,middle,2025-02-01,J2,1,1
MIDDLE,X3,2025-02-01,J2,2,1
West,X2,2025-05-01,J3,1,3
X2,X3,2025-05-01,J3,2,3
X3,X1,,J4,1,1
X2,X2,2025-05-02,,,1
,X2,2025-05-02,,,1
X1,Nowhere,2025-05-02,,,1
X1,X2,03/04/2025,,,1
X1,X2,2025-05-02,,,none
X1,X2
CSV
}

@test "flows: every row is taken, a duplicate, or set aside with its reason" {
    three_areas
    moves
    both castmap flows moves.csv --by quarter --json
    code_is 3
    jq -e '.read == 13 and .taken == 8 and .duplicate == 0 and .quarantined == 5 and .used == 7 and .within == 1' out.txt
    jq -e '[.reasons[].code] | sort == ["ambiguous-date","bad-persons","no-origin","too-few-fields","unknown-destination"]' out.txt
    jq -e '.reasons[] | select(.code == "ambiguous-date") | .first_row == 12' out.txt
    jq -e '.flows[0] | .from == "X1" and .to == "X2" and .movements == 3 and .persons == 6' out.txt
    jq -e '.flows[1] | .from == "X2" and .to == "X3" and .movements == 3' out.txt
    jq -e '[.periods[] | select(.period == "2025-Q1")] | length == 2 and .[0].movements == 2' out.txt
    jq -e '.periods[-1].period == "no date" and .undated == 1' out.txt
    jq -e '.journeys == 4 and .corridors == [{"stops":["X1","X2","X3"],"journeys":3,"passes":3}]' out.txt
    jq -e '.areas[] | select(.code == "X2") | .leaving == 3 and .arriving == 3' out.txt
}

@test "flows: the words say the same, and private words are not among them" {
    three_areas
    moves
    both castmap flows moves.csv --date-order dmy
    code_is 3
    says "$out" "13 rows read = 9 taken + 0 duplicate + 4 quarantined"
    says "$out" "8 movements from one area to another, 1 within one"
    says "$out" "3 journeys  West > Middle > East"
    says "$err" "column name"
    case $out$err in *Nowhere*) return 1 ;; esac
    castmap log | grep -q "flows"
}

@test "flows: coordinates and postcodes are placed, and what lies outside is told" {
    three_areas
    cat >points.csv <<'CSV'
start_lon;start_lat;end_lon;end_lat
-4.11;53.75;-4.09;53.75
-4.11;53.75;-4.07;53.75
-4.11;53.75;10.0;53.75
-4.11;53.75;-4.07;530
CSV
    both castmap flows points.csv --json
    code_is 3
    jq -e '.used == 2 and .quarantined == 2 and ([.reasons[].code] | sort == ["bad-destination","outside-destination"])' out.txt
    jq -e '.guesses[] | select(.what == "separator") | .value == "semicolon"' out.txt
    printf 'postcode,lat,lon\nAB1 1AA,53.75,-4.11\nAB1 1AB,53.75,-4.07\n' >codes.csv
    castmap places add codes.csv >/dev/null 2>&1
    printf 'from_postcode,to_postcode\nAB1 1AA,AB1 1AB\nAB1 1AA,AB1\nab11aa,ZZ9 9ZZ\n' >posted.csv
    both castmap flows posted.csv --json
    code_is 3
    jq -e '.used == 1 and .flows[0].from == "X1" and .flows[0].to == "X3"' out.txt
    jq -e '[.reasons[].code] | sort == ["part-destination","unknown-destination"]' out.txt
    # positions in one cell: a pair, a grid reference (Middle), one too coarse, and a placeholder
    printf 'from,to\n"53.75, -4.11",SC 622 302\n53.75 -4.11,SC 62 30\nX1,"0,0"\n' >cells.csv
    both castmap flows cells.csv --json
    code_is 3
    jq -e '.used == 1 and .flows[0].from == "X1"' out.txt
    jq -e '[.reasons[].code] | sort == ["bad-destination","part-destination"]' out.txt
}

@test "flows: countries under their codes, both directions as one" {
    castmap init world >/dev/null 2>&1
    printf 'origin country,destination country\nRomania,UK\nGB,ROU\nUnited Kingdom,Romania\nVN,FR\nElsewhere,gb\n' >countries.csv
    both castmap flows countries.csv --symmetric --json
    code_is 0
    jq -e '.flows[0] | .from == "GB" and .to == "RO" and .to_name == "Romania" and .movements == 3' out.txt
    jq -e '.level == null and ([.areas[].code] == ["Elsewhere","FR","GB","RO","VN"])' out.txt
    both castmap flows countries.csv --null gravity
    code_is 2
    says "$err" "castmap boundaries add"
}

@test "flows: a layer is the same whatever the order of rows, and undo takes all of it back" {
    three_areas
    moves
    head -8 moves.csv >clean.csv
    { head -1 clean.csv; tail -n +2 clean.csv | sort -r; } >turned.csv
    castmap flows clean.csv --json | jq 'del(.run, .batch, .timings_s)' >a.json
    castmap flows turned.csv --json | jq 'del(.run, .batch, .timings_s)' >b.json
    cmp a.json b.json
    sqlite3 town.castmap.sqlite 'SELECT count(DISTINCT digest), count(*) FROM flow_layer' | grep -qx '1|2'
    castmap undo >/dev/null 2>&1
    castmap undo >/dev/null 2>&1
    sqlite3 town.castmap.sqlite 'SELECT (SELECT count(*) FROM flow) + (SELECT count(*) FROM flow_area) + (SELECT count(*) FROM flow_layer)' | grep -qx 0
    castmap flows -n clean.csv >/dev/null 2>&1
    sqlite3 town.castmap.sqlite 'SELECT count(*) FROM flow_layer' | grep -qx 0
    castmap flows clean.csv >/dev/null 2>&1
    castmap undo 1 >/dev/null 2>&1
    sqlite3 town.castmap.sqlite 'SELECT count(*) FROM flow_layer' | grep -qx 0
}

@test "flows: what is no table of movements is refused and nothing is kept" {
    three_areas
    printf 'a,b\nX1,X2\n' >no.csv
    both castmap flows no.csv
    code_is 4
    says "$err" "--map from=COLUMN"
    both castmap flows no.csv --map from=a --map to=b
    code_is 0
    both castmap flows no.csv --map from=a --map to=c
    code_is 1
    says "$err" "no column"
    both castmap flows no.csv --map where=a
    code_is 2
    printf 'from,to\n"X1,X2\n' >quote.csv
    both castmap flows quote.csv
    code_is 4
    printf 'from,to\nX1,X1\n' >still.csv
    both castmap flows still.csv
    code_is 1
    says "$err" "none goes from one area to another"
    both castmap flows no.csv --map from=a --map to=b --boundaries parish
    code_is 1
    [ "$(castmap log --json | jq '[.. | objects | select(.kind? == "flows")] | length')" = 1 ]
}

@test "flows of the sample: the planted flow and corridor are found; gravity explains the near ones" {
    castmap init town >/dev/null 2>&1
    castmap boundaries add "$SAMPLE/wards.geojson" >/dev/null 2>&1
    both castmap flows "$SAMPLE/movements.csv" --json
    code_is 3
    jq -e '.read == 1444 and .taken == 1435 and .used == 782 and .within == 653 and .quarantined == 9 and ([.reasons[].count] | add) == 9' out.txt
    jq -e '.flows[0] | .from_name == "Brackwold" and .to_name == "Northgate" and .q < 1e-6 and .more_than_expected' out.txt
    jq -e '.corridors == [{"stops":["X05000020","X05000015","X05000012","X05000005"],"journeys":46,"passes":46}]' out.txt
    jq -e '[.flows[] | select(.more_than_expected)] | length > 6' out.txt
    both castmap flows "$SAMPLE/movements.csv" --null gravity --json
    jq -e '.beta > 0.5 and .fitted and ([.flows[] | select(.more_than_expected)] | length == 4)' out.txt
    castmap export --for public --layer flows -o flows.csv >/dev/null 2>&1
    [ "$(wc -l <flows.csv)" -eq 6 ]
    grep -q '^Brackwold,Northgate,40,X05000023,X05000002,' flows.csv
    castmap export --for public -o all >/dev/null 2>&1
    jq -e '[.features[] | select(.geometry.type == "LineString")] | length == 5' all/flows.geojson
    jq -e '[.features[].properties | select(.leaving != null)] | length == 5' all/flow_areas.geojson
    cmp flows.csv all/flows.csv
    ogrinfo -so all/layers.gpkg flows | grep -q 'Feature Count: 5'
    castmap map --for public --layer flows -o map.png >/dev/null 2>&1
    [ -s map.png ]
    castmap map --for public --layer flows -o map.html >/dev/null 2>&1
    grep -q '<table id="flows">' map.html
}

@test "export of a table: text that a spreadsheet would run begins with an apostrophe" {
    three_areas
    sed 's/"West"/"=1+1"/; s/"East"/"a \\"b\\", c"/' three.geojson >odd.geojson
    castmap boundaries add odd.geojson --level odd >/dev/null 2>&1
    printf 'from,to\nX1,X3\n' >one.csv
    castmap flows one.csv --boundaries odd >/dev/null 2>&1
    both castmap export --for internal --layer flows -o one_flow.csv
    code_is 0
    grep -q "^'=1+1,\"a \"\"b\"\", c\",1,X1,X3," one_flow.csv
    both castmap export --for internal -o one_flow.csv
    code_is 2
    says "$err" "--layer"
}

@test "flows: what was placed by a table of postcodes goes when the table goes; coordinates need areas" {
    three_areas
    printf 'postcode,lat,lon\nAB1 1AA,53.75,-4.11\nAB1 1AB,53.75,-4.07\n' >codes.csv
    castmap places add codes.csv >/dev/null 2>&1
    printf 'from_postcode,to_postcode\nAB1 1AA,AB1 1AB\n' >posted.csv
    castmap flows posted.csv >/dev/null 2>&1
    castmap undo 2 >/dev/null 2>&1
    sqlite3 town.castmap.sqlite 'SELECT count(*) FROM flow_layer' | grep -qx 0
    castmap init other >/dev/null 2>&1
    printf 'from_lon,from_lat,to_lon,to_lat\n-4.11,53.75,-4.07,53.75\n' >degrees.csv
    both castmap flows -p other.castmap.sqlite degrees.csv
    code_is 1
    says "$err" "castmap boundaries add"
}

@test "flows: of rows that are taken no name, pseudonym or word of a place is kept in the project" {
    three_areas
    printf 'postcode,lat,lon\nAB1 1AA,53.75,-4.11\n' >codes.csv
    castmap places add codes.csv >/dev/null 2>&1
    printf 'from,to,person,reporter,journey\nAB1 1AA,X2,MARIA-7,SISTER-AGNES,VAN-22\n"53.75, -4.11",x3,MARIA-7,SISTER-AGNES,VAN-22\n' >moves.csv
    both castmap flows moves.csv
    code_is 0
    case $out$err in *MARIA* | *AGNES*) return 1 ;; esac
    for word in MARIA AGNES VAN-22 "53.75, -4.11"; do
        if grep -qa "$word" town.castmap.sqlite; then return 1; fi
    done
}
