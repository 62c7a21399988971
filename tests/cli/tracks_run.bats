#!/usr/bin/env bats
# castmap tracks run: drives along a known street are found on it, and only the street leaves.
load helper
load drives

# Six people, two drives each.
a_town() {
    drives_of "int(t / 2)"
}

@test "tracks run: the street that all drove is the busy stretch, with every fix accounted for" {
    a_town
    both castmap tracks run --json
    code_is 0
    jq -e '.fixes == .outside + .left_out_by_cleaning + .near_ends + .matched + .near_the_one_before + .off_the_streets + .no_way' out.txt
    jq -e '.stretches[0] | .street == "East Street 5" and .people == 6 and .passes == 12 and .length_m > 1000' out.txt
    jq -e '.tracks == 12 and .people == 6 and .near_ends > 0 and .breaks == 0 and (.unnamed | not)' out.txt
    jq -e '.way_km > 15 and .distance_median_m < 8' out.txt
    both castmap tracks run --by passes
    code_is 0
    says "$out" "East Street 5"
    castmap log --json | jq -e '[.. | objects | select(.kind? == "track layer")] | length == 2'
}

@test "tracks run: the order of the rows and the number of threads change nothing" {
    a_town
    castmap tracks run -n --by time --json 2>/dev/null | jq 'del(.timings_s)' >first.txt
    castmap tracks run -n --by time --json --threads 1 2>/dev/null | jq 'del(.timings_s)' >second.txt
    cmp first.txt second.txt
    castmap tracks remove 1 >/dev/null 2>&1
    { head -1 drives.csv; tail -n +2 drives.csv | tac; } >turned.csv
    castmap tracks add turned.csv >/dev/null 2>&1
    castmap tracks run -n --by time --json 2>/dev/null | jq 'del(.timings_s)' >third.txt
    jq -e '.stretches | length > 0' first.txt
    cmp first.txt third.txt
}

@test "tracks run: a recording that came twice counts once, unless asked" {
    a_town
    sed 's/^\([0-9]*\),/\1b,/' drives.csv >again.csv
    castmap tracks add again.csv >/dev/null 2>&1
    both castmap tracks run -n --json
    jq -e '.stretches[0].passes == 12 and .copies > 0 and .tracks == 24' out.txt
    both castmap tracks run -n --copies twice --json
    jq -e '.stretches[0].passes == 24 and .stretches[0].people == 6' out.txt
}

@test "tracks run: people without a name are one, and few people are told of" {
    a_town
    castmap tracks remove 1 >/dev/null 2>&1
    cut -d, -f1,3- drives.csv >nameless.csv
    castmap tracks add nameless.csv >/dev/null 2>&1
    both castmap tracks run -n --json
    code_is 0
    jq -e '.unnamed and .people == 0 and .stretches[0].people == 1 and .stretches[0].passes == 12' out.txt
    jq -e '.remarks[] | select(.code == "few-people")' out.txt
}

@test "tracks run: what is missing is said, and what to do" {
    castmap init town >/dev/null 2>&1
    both castmap tracks run
    code_is 1
    says "$err" "castmap tracks add"
    printf 'trip,lon,lat\n1,-4.08,53.75\n1,-4.0801,53.7501\n' >short.csv
    castmap tracks add short.csv >/dev/null 2>&1
    both castmap tracks run
    code_is 1
    says "$err" "castmap streets add"
    printf '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[-4.08,53.75],[-4.07,53.75]]}}]}' >one.geojson
    castmap streets add one.geojson >/dev/null 2>&1
    both castmap tracks run
    code_is 1
    says "$err" "nothing is left of the tracks without their ends"
    both castmap tracks run --share 101
    code_is 2
}

@test "tracks: partners get the street that six people passed and nothing else of them; the public, for whom six are too few, nothing" {
    a_town
    castmap tracks run >/dev/null 2>&1
    small_town
    castmap boundaries add areas.geojson >/dev/null 2>&1
    castmap import small.csv >/dev/null 2>&1 || [ $? = 3 ]
    castmap areas >/dev/null 2>&1
    castmap export --for internal -o out_internal >/dev/null 2>&1
    jq -e '[.features[].properties.street] | index("East Street 5")' out_internal/track_stretches.geojson
    both castmap map --for internal --layer track_stretches -o map.png
    code_is 0
    both castmap map --for partner --layer track_stretches -o map2.png
    code_is 0
    both castmap map --for partner --layer track_stops -o map3.png
    [ "$status" -ne 0 ]
    [ ! -e map3.png ]
    castmap export --for partner -o out_partner >/dev/null 2>&1
    castmap export --for public -o out_public >/dev/null 2>&1
    jq -e '[.features[].properties | keys] | flatten | unique == ["class", "people", "street"]' out_partner/track_stretches.geojson
    jq -e '[.features[].properties] | (map(.street) | index("East Street 5")) and all(.people == "5 to 9")' out_partner/track_stretches.geojson
    ogrinfo -q out_partner/layers.gpkg | grep -q track_stretches
    grep -q "East Street 5" out_partner/map.html
    run find out_public -name '*track*'
    [ -z "$output" ]
    run grep -l "East Street 5" -r out_public
    [ -z "$output" ]
    run grep -rl -e user0 -e drives.csv -e 1740823200 -e 2025-03-01T10 -e stop_places -e track_stops --include='*' out_partner out_public
    [ -z "$output" ] || { echo "$output"; return 1; }
}

@test "tracks run: undo takes the layer back; taking tracks or streets out takes it along" {
    a_town
    castmap tracks run >/dev/null 2>&1
    both castmap undo
    code_is 0
    castmap tracks run >/dev/null 2>&1
    both castmap tracks remove 1 --json
    jq -e '.undone == 2' out.txt
    both castmap tracks run
    code_is 1
}

@test "tracks run: speed, way and stops are told, drawn and exported for the group itself" {
    a_town
    awk -F, -v OFS=, 'NR == 1 || $1 < 4 { print; next } # two people, each once, stay for 15 and 20 minutes in East Street 5
        { if ($1 != trip) { trip = $1; late = 0; stayed = 0 }
          $3 += late
          if (!stayed && (trip == 4 || trip == 8) && $4 > -4.0800 + 1250 / 65840) {
              for (k = 0; k <= (trip == 4 ? 15 : 20); k++) print $1, $2, $3 + 60 * k, $4, $5
              late = 60 * (trip == 4 ? 15 : 20); stayed = 1; $3 += late + 1
          } else print }' drives.csv >stays.csv
    castmap tracks remove 1 >/dev/null 2>&1
    castmap tracks add stays.csv >/dev/null 2>&1
    both castmap tracks run --json
    code_is 0
    jq -e '.stretches[0] | .street == "East Street 5" and (.speed_mps > 8 and .speed_mps < 12) and .along + .against == .passes and .passes == 12 and .heading_deg > 80 and .heading_deg < 100' out.txt
    jq -e '.stretches[0] | .along == 12' out.txt
    jq -e '.tested == false' out.txt
    jq -e '.stop_places | length == 1 and .[0].street == "East Street 5" and .[0].people == 2 and .[0].stays == 2 and (.[0].dwell_s >= 2100 and .[0].dwell_s < 2200) and .[0].longest_s >= 1200' out.txt
    both castmap tracks run
    says "$out" "towards east"
    says "$out" "stop on"
    says "$err" "No test of chance is made"
    small_town
    castmap boundaries add areas.geojson >/dev/null 2>&1
    castmap import small.csv >/dev/null 2>&1 || [ $? = 3 ]
    castmap areas >/dev/null 2>&1
    castmap export --for internal -o out_internal >/dev/null 2>&1
    jq -e '.features | length == 1 and (.[0] | .geometry.type == "Point" and .properties.people == 2 and .properties.dwell_minutes >= 35 and (.properties.label | test("^3[56] min$")) and .properties.street == "East Street 5")' out_internal/track_stops.geojson
    jq -e '[.features[0].properties | .way == "towards east", .speed_kmh > 30] | all' out_internal/track_stretches.geojson
    ogrinfo -q out_internal/layers.gpkg | grep -q track_stops
    both castmap map --for internal --layer track_stops -o stops.png
    code_is 0
    castmap export --for partner -o out_partner >/dev/null 2>&1
    run grep -l -i "dwell" -r out_partner
    [ -z "$output" ]
}

# Of three streets one is passed by the most people, one the most often (there and back), one the most slowly.
three_streets() {
    awk 'function fix(x, y, step) { printf "%d,%s,%d,%.7f,%.7f\n", t, user, now, -4.08 + mx * x, 53.75 + my * y; now += step }
    function along(row, from, to, step,   x) { for (x = from; (from < to ? x <= to : x >= to); x += (from < to ? 20 : -20)) fix(x, 250 * row, step) }
    BEGIN {
        mx = 1 / (111320 * cos(53.75 * 3.14159265358979 / 180)); my = 1 / 111200
        print "trip,user,time,lon,lat"
        for (p = 0; p < 6; p++) { t++; user = "many" p; now = 1740823200 + 86400 * p; along(3, 0, 2740, 2) }
        for (p = 0; p < 5; p++) { t++; user = "often"; now = 1740823200 + 86400 * p; along(7, 0, 2740, 2); along(7, 2720, 0, 2) }
        for (p = 0; p < 2; p++) { t++; user = "slow" p; now = 1740823200 + 86400 * p; along(9, 0, 2740, 20) }
    }' >three.csv
    castmap tracks remove 1 >/dev/null 2>&1
    castmap tracks add three.csv >/dev/null 2>&1
}

@test "tracks run: people, passes and time each find their own street; there and back is two passes or one by rule" {
    a_town
    three_streets
    both castmap tracks run -n --by people --share 1 --json
    jq -e '[.stretches[].street] | unique == ["East Street 3"]' out.txt
    jq -e '.stretches[0] | .people == 6 and .passes == 6' out.txt
    both castmap tracks run -n --by passes --share 1 --json
    jq -e '[.stretches[].street] | unique == ["East Street 7"]' out.txt
    jq -e '.stretches[0] | .people == 1 and .passes == 10 and .along == 5 and .against == 5' out.txt
    both castmap tracks run -n --by passes --round-trips once --share 1 --json
    jq -e '[.stretches[].street] | unique == ["East Street 3"]' out.txt
    both castmap tracks run -n --by passes --round-trips once --share 60 --json
    jq -e '.stretches[] | select(.street == "East Street 7") | .passes == 5' out.txt
    both castmap tracks run -n --by time --share 1 --json
    jq -e '[.stretches[].street] | unique == ["East Street 9"]' out.txt
    jq -e '.stretches[0] | .speed_mps > 0.9 and .speed_mps < 1.1' out.txt
    castmap tracks run -n --by passes --share 60 2>/dev/null | grep "East Street 7" | grep -q "both ways"
}
