#!/usr/bin/env bats
# Questions along streets: near a place, along a way, and whether observations gather.
load helper

# A high street with a lane that leaves it southwards, and a back lane 33 m to the north that joins it only at its western end.
lanes() {
    cat >lanes.geojson <<'JSON'
{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"name":"High Street"},"geometry":{"type":"LineString","coordinates":[[-4.085,53.75],[-4.08,53.75],[-4.075,53.75]]}},
{"type":"Feature","properties":{"name":"Mill Lane"},"geometry":{"type":"LineString","coordinates":[[-4.08,53.745],[-4.08,53.75]]}},
{"type":"Feature","properties":{"name":"Back Lane"},"geometry":{"type":"LineString","coordinates":[[-4.085,53.75],[-4.085,53.7503],[-4.075,53.7503]]}}]}
JSON
    cat >seen.csv <<'CSV'
latitude,longitude,date,category,accuracy
53.7500,-4.0795,2025-01-10,visitors,5
53.7503,-4.0795,2025-01-11,visitors,5
53.7490,-4.0800,2025-01-12,crowding,5
53.7470,-4.0900,2025-01-13,crowding,5
53.7500,-4.0801,2025-01-14,crowding,400
CSV
    castmap init lanes >/dev/null 2>&1
    castmap streets add lanes.geojson >/dev/null 2>&1
    castmap import seen.csv --time-zone UTC >/dev/null 2>&1
}

# The sample town with its streets, made once; these commands write nothing.
setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    load helper
    castmap init town >/dev/null 2>&1
    castmap boundaries add "$SAMPLE/wards.geojson" >/dev/null 2>&1
    castmap streets add "$SAMPLE/streets.geojson" >/dev/null 2>&1
    castmap import "$SAMPLE/observations.csv" --categories "$SAMPLE/categories.csv" --time-zone Europe/London >/dev/null 2>&1 || [ $? -eq 3 ]
}

town() {
    castmap "$@" -p "$BATS_FILE_TMPDIR/town.castmap.sqlite"
}

@test "near is measured along the streets, not through the air" {
    lanes
    both castmap near 53.75,-4.08 --within 150m
    code_is 0
    says "$out" "2 of 3 observations are within 150 m along the streets"
    says "$out" "as the crow flies it would be 3"
    says "$out" "1 observation is known less exactly than 50 m"
    says "$out" "1 observation lies farther than 50 m from every street"
    both castmap near 53.75,-4.08 --within 150m --json
    code_is 0
    jq -e '[.near[].observation] == [1, 3]' out.txt
    jq -e '(.near[0].distance_m - 33 | fabs) < 1 and (.near[1].distance_m - 111.3 | fabs) < 1' out.txt
    jq -e '(.streets_m - 450 | fabs) < 0.01' out.txt # 150 m each way: west, east, south
    jq -e '.streets.type == "MultiLineString" and (.streets.coordinates | length) == 3' out.txt
    # To Back Lane it is 362 m west, 33 m north and 362 m east again.
    both castmap near '#1' --within 800m --json
    code_is 0
    jq -e '[.near[] | select(.observation == 2) | .distance_m - 757 | fabs] | .[0] < 3' out.txt
}

@test "a way names its streets and what was seen on it" {
    lanes
    both castmap route 53.749,-4.08 53.75,-4.0775
    code_is 0
    says "$out" "Mill Lane"
    says "$out" "High Street"
    says "$out" "2 of 3 observations are within 50 m along the streets"
    both castmap route 53.749,-4.08 53.75,-4.0775 --json
    code_is 0
    jq -e '[.steps[].street] == ["Mill Lane", "High Street"]' out.txt
    jq -e '(.way_m - ([.steps[].length_m] | add) | fabs) < 1e-9 and .way_m > .straight_m' out.txt
    jq -e '[.near[] | .distance_m] | all(. < 1)' out.txt
    jq -e '.way.coordinates[0] | (first[0] + 4.08 | fabs) < 1e-5 and (last[0] + 4.0775 | fabs) < 1e-5 and length == 3' out.txt
    both castmap route 53.749,-4.08 53.75,-4.0775 --category visitors --json
    jq -e '[.near[].observation] == [1]' out.txt
}

@test "what was found is kept on demand, drawn for the group, and never for others" {
    lanes
    both castmap near 53.75,-4.08 --within 150m --json
    code_is 0
    jq -e 'has("run") | not' out.txt
    both castmap map --for internal --layer reach -o none.pdf
    [ "$status" -ne 0 ]
    says "$err" "--keep NAME"
    both castmap near 53.75,-4.08 --within 150m --keep "The corner" --json
    code_is 0
    run_number=$(jq .run out.txt)
    castmap export -o out --for internal >/dev/null 2>&1
    [ "$(jq -r .title out/reach.geojson)" = "The corner: streets within 150 m" ]
    jq -e '.features[0] | .geometry.type == "MultiLineString" and .properties.count == 2 and (.properties.length_m - 450 | fabs) < 0.5' out/reach.geojson
    jq -e '[.features[].properties.id] == [1, 3] and (.features[1].properties.distance_m - 111.3 | fabs) < 1' out/reached.geojson
    [ ! -e out/way.geojson ]
    # the newest is shown: a way now
    castmap route 53.75,-4.0795 53.7503,-4.0795 --within 60m --keep "Round the end" >/dev/null 2>&1
    castmap export -o out2 --for internal >/dev/null 2>&1
    [ "$(jq -r .title out2/way.geojson)" = "Round the end: the shortest way" ]
    jq -e '.features[0].properties.length_m - 757 | fabs < 3' out2/way.geojson
    ogrinfo -so out2/layers.gpkg reach | grep -q "Multi Line String"
    grep -q "Round the end" out2/map.html
    castmap map --for internal --layer way -o way.pdf >/dev/null 2>&1
    pdftotext way.pdf - | grep -q "Round the end"
    for audience in partner public; do
        both castmap map --for $audience --layer reach -o no.pdf
        [ "$status" -ne 0 ]
        [ ! -e no.pdf ]
    done
    castmap undo "$run_number" >/dev/null 2>&1
    [ "$(sqlite3 lanes.castmap.sqlite 'SELECT count(*) FROM along_layer')" -eq 1 ]
    # it goes with the streets it was measured along
    castmap undo 1 >/dev/null 2>&1
    [ "$(sqlite3 lanes.castmap.sqlite 'SELECT count(*) FROM along_layer')" -eq 0 ]
}

@test "places that cannot be used are refused in three lines" {
    lanes
    both castmap near 54.5,-4.08
    code_is 1
    says "$err" "no street of the project is within 500 m"
    both castmap near -4.08,53.75
    code_is 2 # begins with a dash
    both castmap near 95,-4.08
    code_is 2
    says "$err" "latitude lies between"
    both castmap near '#77'
    code_is 1
    says "$err" "no accepted observation of that number"
    both castmap near '#x'
    code_is 2
    both castmap near 'Somewhere'
    code_is 1
    says "$err" "no table of postcodes or names"
    both castmap near 53.75,-4.08 --within 0m
    code_is 2
    both castmap route 53.75,-4.08
    code_is 2
}

@test "a way is found where nothing was observed, and none where the streets are not joined" {
    lanes
    castmap init empty >/dev/null 2>&1
    castmap streets add lanes.geojson -p empty.castmap.sqlite >/dev/null 2>&1
    both castmap route 53.749,-4.08 53.75,-4.0775 -p empty.castmap.sqlite
    code_is 0
    says "$out" "0 of 0 observations"
    both castmap streets test -p empty.castmap.sqlite
    code_is 1
    says "$err" "fewer than two observations lie on a street"
    sed 's/\[-4.085,53.75\],\[-4.085,53.7503\]/[-4.085,53.7503]/' lanes.geojson >apart.geojson
    castmap init apart >/dev/null 2>&1
    castmap streets add apart.geojson -p apart.castmap.sqlite >/dev/null 2>&1
    both castmap route 53.749,-4.08 53.7503,-4.0775 -p apart.castmap.sqlite
    code_is 1
    says "$err" "no street leads from the one place to the other"
    says "$err" "--join"
}

@test "without streets there is advice" {
    castmap init bare >/dev/null 2>&1
    for words in "near 53.75,-4.08" "route 53.75,-4.08 53.75,-4.07" "streets test"; do
        # shellcheck disable=SC2086 # words are words
        both castmap $words
        code_is 1
        says "$err" "streets add"
    done
}

@test "observations of the sample town gather along its streets" {
    both town streets test --radius 400m --simulations 99
    code_is 0
    says "$out" "Observations gather along the streets"
    says "$out" "more than chance"
    both town streets test --persons
    code_is 2
    says "$err" "noticed together"
    both town streets test --radius 400m --simulations 99 --json
    code_is 0
    jq -e '.p == 0.01 and .above_from_m <= 50 and (.k | length) == 50' out.txt
    jq -e '[.k[].k_m] | . == sort' out.txt
    jq -e '[.k[] | .global_low_m <= .mean_m and .mean_m <= .global_high_m and .low_m <= .high_m] | all' out.txt
    jq -e '[.k[] | (.mean_m / .r_m - 1 | fabs) < 0.1] | all' out.txt # corrected, chance is r
    cp out.txt first.txt
    both town streets test --radius 400m --simulations 99 --json --threads 1
    cmp out.txt first.txt
}

@test "kinds against one another" {
    both town streets test --around minibus_early --labels --radius 400m --simulations 99 --json
    code_is 0
    jq -e '.null == "labels" and .from_observations > 200 and .to_observations > 1000 and .p <= 0.05' out.txt
    both town streets test --around no_such_kind
    code_is 1
    both town streets test --labels
    code_is 2
    says "$err" "--around"
    both town streets test --simulations 18
    code_is 2
}
