#!/usr/bin/env bats
# Movements between countries: without borders on a plain frame of the world, and on boundaries of countries by any of their names.
load helper

# n rows from a country to another, by enough people on enough days.
rows() { # from, to, n, prefix
    for i in $(seq 1 "$3"); do
        printf '%s,%s,2025-%02d-%02d,%s%d,R%d\n' "$1" "$2" $((1 + i % 12)) $((1 + i % 28)) "$4" "$i" $((i % 7))
    done
}

countries() {
    {
        echo "origin country,destination country,date,person,reporter"
        rows Romania UK 20 A
        rows UK Romania 14 B
        rows ROU GBR 15 C
        rows Vietnam FR 9 D # under the floor of the public
        rows "The Moon" GB 12 E
    } >countries.csv
}

@test "countries: each goes from a rough centre to another, in every product, and what is no country is told" {
    countries
    castmap init world >/dev/null 2>&1
    both castmap flows countries.csv --json
    code_is 0
    jq -e '.flows[0] | .from == "RO" and .to == "GB" and .movements == 35' out.txt
    both castmap export --for internal -o inside
    code_is 0
    says "$err" "12 movements are not drawn"
    jq -e '.features | length == 3' inside/flows.geojson # Romania, the way back, Vietnam
    jq -e '.features[] | select(.properties.from_code == "RO") | .geometry.coordinates | (.[0] == [25, 46]) and (.[-1] == [-2, 54])' inside/flows.geojson
    # both ways are apart: the way back is another line
    jq -r '.features[] | select(.properties.from_code == "RO" or .properties.to_code == "RO") | .geometry.coordinates[12] | @csv' inside/flows.geojson | sort -u | wc -l | grep -qx 2
    castmap map --for internal --layer flows -o inside.pdf >/dev/null 2>&1
    pdftotext inside.pdf - | grep -q 'Romania to United Kingdom'
    sqlite3 world.castmap.sqlite "SELECT count(*) FROM setting WHERE key = 'crs'" | grep -qx 0 # observations will choose it
}

@test "countries: the public sees the flows that reach the floors, and no country that has no other" {
    countries
    castmap init world >/dev/null 2>&1
    castmap flows countries.csv >/dev/null 2>&1
    castmap export --for public -o out >/dev/null 2>&1
    jq -e '[.features[].properties | "\(.from_code)>\(.to_code)=\(.count)"] | sort == ["GB>RO=15","RO>GB=35"]' out/flows.geojson
    jq -e '.features | length == 249' out/flow_areas.geojson
    jq -e '[.features[].properties | select(.name != null) | .code] | sort == ["GB","RO"]' out/boundaries.geojson
    # the frame is around what is shown: another table that differs in what is held back makes the same files
    { head -1 countries.csv; rows Romania UK 20 A; rows UK Romania 14 B; rows ROU GBR 15 C; rows Chile JP 8 F; } >other.csv
    castmap init second >/dev/null 2>&1
    castmap flows -p second.castmap.sqlite other.csv >/dev/null 2>&1
    castmap export -p second.castmap.sqlite --for public -o other >/dev/null 2>&1
    for file in flows.geojson flow_areas.geojson boundaries.geojson flows.csv; do
        sed 's/second/world/g' other/$file | cmp - out/$file
    done
    cmp other/map.png out/map.png || [ "$(castmap info --json | jq -r .title)" != "$(castmap info -p second.castmap.sqlite --json | jq -r .title)" ]
}

@test "countries: in the project of a town they are a table, and the map says why" {
    countries
    castmap init town >/dev/null 2>&1
    castmap boundaries add "$SAMPLE/wards.geojson" >/dev/null 2>&1
    castmap import "$SAMPLE/observations.csv" >/dev/null 2>&1 || true
    castmap areas >/dev/null 2>&1
    both castmap flows countries.csv --labels
    code_is 0
    both castmap export --for internal -o out
    says "$err" "in a project of their own"
    [ ! -e out/flows.geojson ]
    # the sheet itself says so, with the largest flows and where all of them are; other audiences are told nothing
    pdftotext out/map.pdf - | tr '\n' ' ' >words.txt
    grep -q 'places by name (of any time) are not on this map. The largest: Romania to United Kingdom 35' words.txt
    grep -q 'castmap flows lists all of them' words.txt
    grep -q 'Romania to United Kingdom 35' out/map.html
    castmap export --for partner -o shared >/dev/null 2>&1
    if grep -rlE 'Romania|by name \(of any time\)' shared; then return 1; fi
}

@test "countries: boundaries of countries are met by two letters, three letters and any of their names" {
    cat >lands.geojson <<'JSON'
{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"ISO_A3":"CZE","NAME":"Czech Republic"},"geometry":{"type":"Polygon","coordinates":[[[12,48.5],[18,48.5],[18,51],[12,51],[12,48.5]]]}},
{"type":"Feature","properties":{"ISO_A3":"AUT","NAME":"Austria"},"geometry":{"type":"Polygon","coordinates":[[[10,46.5],[17,46.5],[17,48.5],[10,48.5],[10,46.5]]]}},
{"type":"Feature","properties":{"ISO_A3":"X-1","NAME":"Russian Federation"},"geometry":{"type":"Polygon","coordinates":[[[28,55],[40,55],[40,60],[28,60],[28,55]]]}}]}
JSON
    castmap init lands >/dev/null 2>&1
    castmap boundaries add lands.geojson --level country --code ISO_A3 --name NAME >/dev/null 2>&1
    printf 'from,to\nCZ,AT\nCzechia,Austria\nCZE,AUT\nCzech Republic,at\nRU,CZ\nRussia,CZE\nFR,AT\n' >moves.csv
    both castmap flows moves.csv --json
    code_is 3
    jq -e '[.flows[] | "\(.from)>\(.to)=\(.movements)"] | sort == ["CZE>AUT=4","X-1>CZE=2"]' out.txt
    jq -e '[.reasons[] | "\(.code) \(.count)"] == ["unknown-origin 1"]' out.txt
}

@test "countries: journeys of several stops, in a row or row by row, make corridors" {
    printf 'stop_1,stop_2,stop_3\nVN,RU,PL\nViet Nam,Russia,Poland\nVNM,RUS,POL\nNG,LY,IT\n' >stops.csv
    castmap init world >/dev/null 2>&1
    both castmap flows stops.csv --json
    code_is 0
    jq -e '.corridors == [{"stops":["VN","RU","PL"],"journeys":3,"passes":3}] and .journeys == 4' out.txt
    castmap export --for internal -o out >/dev/null 2>&1
    jq -e '.features[0] | .properties.stops == "Vietnam > Russia > Poland" and (.geometry.coordinates | length == 3)' out/corridors.geojson
    printf 'journey,leg,from,to\nJ1,2,RU,PL\nJ1,1,VN,RU\nJ2,1,Vietnam,Russia\nJ2,2,RU,Poland\nJ3,2,RUS,POL\nJ3,1,VNM,RU\n' >legs.csv
    both castmap flows legs.csv --json
    jq -e '.corridors == [{"stops":["VN","RU","PL"],"journeys":3,"passes":3}]' out.txt
}
