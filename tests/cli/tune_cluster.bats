#!/usr/bin/env bats
# Choosing a radius: the table, the recommendation, the sheet.
load helper

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    load helper
    castmap init town >/dev/null 2>&1
    castmap boundaries add "$SAMPLE/wards.geojson" -p town.castmap.sqlite >/dev/null 2>&1
    castmap import "$SAMPLE/observations.csv" --categories "$SAMPLE/categories.csv" --time-zone Europe/London \
        -p town.castmap.sqlite >/dev/null 2>&1 || [ $? -eq 3 ]
}

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    cp "$BATS_FILE_TMPDIR/town.castmap.sqlite" .
}

@test "the table is what castmap cluster gives with each radius" {
    both castmap tune cluster --min 10 --radii 50m,150m,0.4km --json
    code_is 0
    for radius in 50 150 400; do
        castmap cluster -r "${radius}m" --min 10 --json >cluster.json
        jq -e --slurpfile tune out.txt --argjson r "$radius" '
            ($tune[0].radii[] | select(.radius_m == $r)) as $row |
            $row.places == .clusters and $row.observations == .observations and
            $row.in_places == .observations - .noise and $row.largest == ([.places[].count] | max)' cluster.json
    done
}

@test "a radius is recommended with its reason, and raises no red flag when it is used" {
    both castmap tune cluster --json
    code_is 0
    jq -e '.recommended_m >= 80 and .recommended_m <= 200 and (.reason | test("turns up at"))' out.txt
    jq -e '.knee_m > 60 and .knee_m < 250' out.txt
    jq -e '[.radii[] | .stability, .redraw_stability] | all(. == null or (. >= 0 and . <= 1))' out.txt
    jq -e '[.curve[].distance_m] | . == sort' out.txt
    castmap cluster -r "$(jq .recommended_m out.txt)m" --min 10 --json >cluster.json
    jq -e '[.remarks[].code] | index("one-giant-place") == null and index("hardly-any-stray") == null' cluster.json
    both castmap tune cluster
    says "$out" "recommended radius:"
    says "$out" "->"
    says "$out" "stays when redrawn"
}

@test "the same figures on one thread and on eight, and another seed redraws otherwise" {
    castmap --threads 1 tune cluster --json | jq 'del(.timings_s)' >one.json
    castmap --threads 8 tune cluster --json | jq 'del(.timings_s)' >eight.json
    diff one.json eight.json
    castmap --seed 99 tune cluster --json >other.json
    [ "$(jq -c '[.radii[].stability]' one.json)" = "$(jq -c '[.radii[].stability]' other.json)" ]
    [ "$(jq -c '[.radii[].redraw_stability]' one.json)" != "$(jq -c '[.radii[].redraw_stability]' other.json)" ]
}

@test "nothing is kept" {
    castmap log --json >before.json
    castmap tune cluster >/dev/null
    castmap log --json >after.json
    diff before.json after.json
}

@test "the sheet is for the group itself" {
    for kind in pdf svg png; do
        both castmap tune cluster --for internal -o "tune.$kind" --json
        code_is 0
        [ -s "tune.$kind" ]
        [ "$(stat -c %a "tune.$kind")" = 600 ]
        jq -e --arg f "tune.$kind" '.output == $f' out.txt
    done
    both castmap tune cluster --for internal -o tune.pdf
    code_is 5
    both castmap tune cluster --for internal -o tune.pdf --overwrite
    code_is 0
    for who in partner public; do
        both castmap tune cluster --for $who -o other.pdf
        code_is 7
        says "$err" "for the group itself"
        [ ! -e other.pdf ]
    done
    both castmap tune cluster -o other.pdf
    code_is 2
    says "$err" "--for internal"
    both castmap tune cluster --for internal
    code_is 2
    both castmap tune cluster --for internal -o other.docx
    code_is 2
    [ ! -e other.docx ]
}

@test "radii that make no sense are refused" {
    for radii in 50 50m,20m 0m 50m,abc 1m,2m,3m,4m,5m,6m,7m,8m,9m,10m,11m,12m,13m,14m,15m,16m,17m,18m,19m; do
        both castmap tune cluster --radii "$radii"
        code_is 2
        says "$err" "--radii"
    done
    both castmap tune cluster --min 9000
    code_is 1
    says "$err" "fewer than the 9000"
}

@test "a month of police records: the flags say that distances between shared map points mean little" {
    MONTH=$CASTMAP_TOP/../shared/data/observations/2021-09-avon-and-somerset-street.csv
    [ -r "$MONTH" ] || skip "the police month is not here"
    castmap init month >/dev/null 2>&1
    castmap import "$MONTH" -p month.castmap.sqlite >/dev/null 2>&1 || true
    both castmap tune cluster -p month.castmap.sqlite --json
    code_is 0
    jq -e '[.remarks[].code] | index("snapped-places") != null' out.txt
    jq -e '[.radii[].redraw_stability] | all(. == null)' out.txt
    jq -e '.radii[] | select(.radius_m > 200 and .radius_m < 300) | .places > 50' out.txt
}
