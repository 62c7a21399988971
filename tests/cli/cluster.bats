#!/usr/bin/env bats
# Places where observations gather: every method, what each refuses, and what is told of a place.
load helper

# The sample town as a project, made once; a test that writes works on a copy.
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

# A place of the sample near lon, lat (within 400 m), mostly of a category, of at least n observations.
found() { # json, lon, lat, category, n
    jq -e --argjson lon "$2" --argjson lat "$3" --arg what "$4" --argjson n "$5" '
        [.places[] | select(((.lon - $lon) * 65800 | . * .) + ((.lat - $lat) * 111300 | . * .) < 160000)
                   | select(.count >= $n and .categories[0].name == $what)] | length >= 1' "$1" >/dev/null ||
        { echo "no place of $4 at $2 $3" >&2; jq -c '.places[] | [.number, .count, .lon, .lat, .categories[0].name]' "$1" >&2; return 1; }
}

# What the generator planted and density alone can tell (data/README.md): route, riverside, market, rising, border, terraces, repeated.
planted() { # json
    found "$1" -4.0423 53.7490 minibus_early 250
    found "$1" -4.0587 53.7365 overcrowded_house 100
    found "$1" -4.0991 53.7345 car_wash_concern 60
    found "$1" -4.1165 53.7558 late_night_visitors 25
}

@test "dbscan and hdbscan find what was planted in the sample town" {
    both castmap cluster --method dbscan --radius 150m --min 10 --json
    code_is 0
    planted out.txt
    both castmap cluster --method hdbscan --min 10 --json
    code_is 0
    planted out.txt
    jq -e '.radius_m == null and .method == "hdbscan"' out.txt
    jq -e '[.places[].outlier] | all(. >= 0 and . <= 1)' out.txt
    # The group's own file of observations tells the place of each, and how far it stands out.
    places=$(jq -c '[.places[].count] | sort' out.txt)
    worst=$(jq '[.places[].outlier] | max' out.txt)
    both castmap export --for internal -o observations.geojson --layer observations
    code_is 0
    [ "$(jq -c '[.features[].properties.cluster | select(. != null)] | group_by(.) | map(length) | sort' observations.geojson)" = "$places" ]
    jq -e --argjson worst "$worst" '[.features[].properties | select(.cluster != null) | .outlier] | (max - $worst | fabs) < 0.001' observations.geojson
    jq -e '[.features[].properties | select(.membership != null) | .membership] | min == 0 and max == 1' observations.geojson
    both castmap export --for partner --recipient "County council" -o partner
    code_is 0
    ! grep -qE '"(membership|outlier)"' -r partner
}

@test "what is told of a place adds up" {
    both castmap cluster --method dbscan --radius 150m --min 10 --json
    code_is 0
    jq -e '(.observations - .noise) == ([.places[].count] | add)' out.txt
    jq -e '[.places[] | .count == ([.source_grades[]] | add)] | all' out.txt
    jq -e '[.places[] | .count == ([.information_grades[]] | add)] | all' out.txt
    jq -e '[.places[] | .count == ([.categories[].count] | add)] | all' out.txt
    jq -e '[.places[] | [.categories[].count] | . == (sort | reverse)] | all' out.txt
    jq -e '[.places[] | .medoid.observation >= 1 and (.medoid.lon - .lon | fabs) < 0.02] | all' out.txt
    jq -e '.note | test("Two observations belong together when")' out.txt
}

@test "people read the same, with the method in plain words" {
    both castmap cluster --radius 150m --min 10
    code_is 0
    says "$out" "places where observations gather"
    says "$out" "at least 10 within 150 m of one of them (dbscan)"
    says "$out" "Two observations belong together when"
    says "$out" "mostly"
    says "$out" "minibus_early ("
    [ "$(awk 'length > 130' out.txt | wc -l)" -eq 0 ]
}

@test "dbscan* leaves out the edge, and --cores-only is the same" {
    castmap cluster -r 150m -m 10 --json >plain.json
    castmap cluster -r 150m -m 10 --method 'dbscan*' --json >star.json
    castmap cluster -r 150m -m 10 --cores-only --json >flag.json
    jq -e '.method == "dbscan*" and .observations - .noise == .cores' star.json
    [ "$(jq .cores plain.json)" -eq "$(jq .cores star.json)" ]
    [ "$(jq .noise plain.json)" -lt "$(jq .noise star.json)" ]
    diff <(jq 'del(.run, .timings_s)' star.json) <(jq 'del(.run, .timings_s)' flag.json)
}

@test "leaf places are no larger than those by excess of mass" {
    castmap cluster --method hdbscan -m 10 --json >mass.json
    castmap cluster --method hdbscan -m 10 --selection leaf --json >leaf.json
    [ "$(jq '[.places[].count] | max' leaf.json)" -lt "$(jq '[.places[].count] | max' mass.json)" ]
    [ "$(jq .clusters leaf.json)" -ge "$(jq .clusters mass.json)" ]
}

@test "an option that the method does not take is refused in three lines, and nothing is kept" {
    for words in "--method hdbscan --radius 100m" "--method dbscan --selection leaf" "--method hdbscan --cores-only"; do
        # shellcheck disable=SC2086
        both castmap cluster $words
        code_is 2
        says "$err" "takes no"
        says "$err" "where:"
        says "$err" "to do:"
    done
    both castmap cluster --method dbscna
    code_is 2
    says "$err" "dbscan"
    castmap log --json >log.json
    jq -e '[.runs[]? | select(.kind == "cluster")] | length == 0' log.json
}

@test "records known too roughly for the radius take no part, and that is said" {
    cat >rough.csv <<'CSV'
latitude,longitude,accuracy,date,category
53.750000,-4.080000,5,2025-01-10,visitors
53.750100,-4.080100,5,2025-01-11,visitors
53.750200,-4.080000,5,2025-01-12,visitors
53.750100,-4.079900,500,2025-01-13,visitors
53.8,-4.1,5,2025-01-14,visitors
CSV
    castmap init rough >/dev/null 2>&1
    both castmap import rough.csv -p rough.castmap.sqlite
    both castmap cluster -r 100m -m 3 -p rough.castmap.sqlite --json
    code_is 0
    jq -e '.imprecise == 2 and .observations == 3 and .clusters == 1 and .noise == 0' out.txt
    jq -e '[.remarks[] | select(.code == "imprecise-left-out")][0].text | test("2 observations") and test("100 m")' out.txt
    # Known to 500 m is good enough for places of a kilometre; one decimal of a degree is not.
    both castmap cluster -r 1km -m 3 -p rough.castmap.sqlite --json
    jq -e '.imprecise == 1 and .observations == 4' out.txt
    both castmap cluster -r 2m -m 3 -p rough.castmap.sqlite
    code_is 1
    says "$err" "as exactly as 2 m"
}

@test "the internal files tell of each place what the project knows, and partners get squares only" {
    castmap cluster -r 150m -m 10 >/dev/null
    both castmap export --for internal -o places.geojson --layer places
    code_is 0
    jq -e '.features[0].properties | .count > 100 and .across_m > 0 and .area_km2 > 0 and (.categories | test("minibus_early [0-9]+")) and
           (.grades | test("2: [0-9]+")) and .medoid >= 1' places.geojson
    jq -e '.features | length > 5' places.geojson
    both castmap export --for partner -o squares.geojson --layer places
    code_is 0
    jq -e '[.features[].properties | has("categories") or has("medoid") or has("grades") or has("across_m")] | any | not' squares.geojson
    [ "$(grep -c 'minibus_early' squares.geojson)" -eq 0 ]
    both castmap export --for partner -o ellipses.geojson --layer ellipses
    code_is 1
}

@test "undo takes a layer of places away with all that belongs to it" {
    castmap cluster -r 150m -m 10 >/dev/null
    both castmap undo
    code_is 0
    both castmap export --for internal -o places.geojson --layer places
    code_is 1
}

@test "st-dbscan: near in place and in time, and the time must be said" {
    both castmap cluster --method st-dbscan -r 200m --days 14 -m 5 --json
    code_is 0
    jq -e '.method == "st-dbscan" and .window_s == 1209600 and .clusters > 20' out.txt
    # What was reported thirty times from one address in spring 2025 is a place of those months.
    jq -e '[.places[] | select(.count >= 30 and .categories[0].name == "late_night_visitors" and .first > "2025-01" and .last < "2025-08")] | length == 1' out.txt
    castmap cluster --method st-dbscan -r 200m --hours 336 -m 5 --json >hours.json
    diff <(jq 'del(.run, .timings_s)' out.txt) <(jq 'del(.run, .timings_s)' hours.json)
    # A window of all years makes it dbscan.
    castmap cluster --method st-dbscan -r 150m --days 3000 -m 10 --json >all.json
    castmap cluster --method dbscan -r 150m -m 10 --json >plain.json
    diff <(jq '[.places[] | [.count, .lon, .lat]]' all.json) <(jq '[.places[] | [.count, .lon, .lat]]' plain.json)
    for words in "--method st-dbscan -r 200m" "--method st-dbscan --days 3 --hours 4" "--method dbscan --days 3" "--method hdbscan --hours 3"; do
        # shellcheck disable=SC2086
        both castmap cluster $words
        code_is 2
        says "$err" "to do:"
    done
}

@test "the hop, the ellipse and an outline with bays" {
    castmap cluster -r 150m -m 10 --json >convex.json
    jq -e '[.places[] | .longest_hop_m > 0 and .longest_hop_m <= 150] | all' convex.json
    jq -e '[.places[].ellipse | .major_m >= .minor_m and .bearing_deg >= 0 and .bearing_deg < 180] | all' convex.json
    # The route runs along a street from west to east.
    jq -e '.places[0].ellipse | .major_m > 5 * .minor_m and .bearing_deg > 80 and .bearing_deg < 100' convex.json
    both castmap export --for internal -o convex.geojson --layer places
    both castmap export --for internal -o ellipses.geojson --layer ellipses
    code_is 0
    jq -e '.features[0].properties | .major_m > .minor_m and .number == 1' ellipses.geojson
    castmap cluster -r 150m -m 10 --outline concave --ellipse crimestat --json >concave.json
    jq -e '.outline == "concave" and .ellipse == "crimestat"' concave.json
    [ "$(jq '.places[0].ellipse.major_m' concave.json)" != "$(jq '.places[0].ellipse.major_m' convex.json)" ]
    jq -e '.remarks | map(.code) | index("outlines-with-bays")' concave.json
    # The outline asked for is the one that is measured: area times density is the count, and no outline with bays is the larger.
    jq -e '[.places[] | select(.area_km2 > 0) | .area_km2 * .density_per_km2 - .count | fabs < 1e-6] | length > 0 and all' concave.json
    jq -e -s '[.[].places] | transpose | map(.[1].area_km2 <= .[0].area_km2 + 1e-12) | all' convex.json concave.json
    [ "$(jq '[.places[].area_km2] | add' concave.json)" != "$(jq '[.places[].area_km2] | add' convex.json)" ]
    both castmap export --for internal -o concave.geojson --layer places
    code_is 0
    [ "$(jq '[.features[].geometry.coordinates | flatten | length] | add' concave.geojson)" -gt "$(jq '[.features[].geometry.coordinates | flatten | length] | add' convex.geojson)" ]
    diff <(jq '[.features[].properties.count]' concave.geojson) <(jq '[.features[].properties.count]' convex.geojson)
}

@test "nnh: nearer than chance over the study area, which is never the box round the data" {
    both castmap cluster --method nnh -m 10 --json
    code_is 0
    # 141 km2 and 2,516 observations: 0.5 sqrt(A/n) less 1.645 times 0.26136 / sqrt(n n / A).
    jq -e '(.study_km2 * 1e6) as $a | .observations as $n |
        (.radius_m - (0.5 * (($a / $n) | sqrt) - 1.645 * 0.26136 / (($n * $n / $a) | sqrt)) | fabs) < 1e-6' out.txt
    jq -e '.study_km2 > 100 and .study_km2 < 200 and .clusters > 20' out.txt
    jq -e '.radius_m as $r | [.places[].radius_m <= $r] | all' out.txt
    found out.txt -4.1165 53.7558 late_night_visitors 25
    both castmap cluster --method nnh --study-area ward -m 10 --json
    code_is 0
    both castmap cluster --method nnh --study-area parish -m 10
    code_is 1
    says "$err" "boundaries list"
    both castmap cluster --method dbscan --study-area ward
    code_is 2
    castmap init empty >/dev/null 2>&1
    castmap import "$SAMPLE/observations.csv" --time-zone Europe/London -p empty.castmap.sqlite >/dev/null 2>&1 || true
    both castmap cluster --method nnh -p empty.castmap.sqlite
    code_is 1
    says "$err" "there is no study area"
    says "$err" "castmap boundaries add FILE"
    both castmap cluster --method nnh -r 100m -p empty.castmap.sqlite --json
    code_is 0
    jq -e '.radius_m == 100 and .clusters > 20' out.txt
}

@test "nnh: places form larger groups, in words, in JSON, as a layer, as fields" {
    both castmap cluster --method nnh -m 4 --json
    code_is 0
    # Every order's groups hold what their places hold; each place of a group names it.
    jq -e '.groups | length > 1 and (map(.order) | unique | .[0] == 2)' out.txt
    jq -e '.places as $p | [.groups[] | select(.order == 2) | . as $g | [$p[] | select(.group == $g.number)] |
        length == $g.places and (map(.count) | add) == $g.count and $g.places >= 4] | all' out.txt
    jq -e '(.study_km2 * 1e6) as $a | (.places | length) as $n |
        (.groups[0].threshold_m - (0.5 * (($a / $n) | sqrt) - 1.645 * 0.26136 / (($n * $n / $a) | sqrt)) | fabs) < 1e-6' out.txt
    jq -e '[.remarks[] | select(.code == "larger-groups")] | length == 1' out.txt
    cp out.txt run.json
    both castmap cluster --method nnh -m 4
    code_is 0
    says "$out" "within group"
    both castmap export --for internal -o groups.geojson --layer groups
    code_is 0
    diff <(jq -c '[.features[].properties | [.order, .number, .within, .places, .count]]' groups.geojson) \
        <(jq -c '[.groups[] | [.order, .number, .within, .places, .count]]' run.json)
    both castmap export --for internal -o places.geojson --layer places
    code_is 0
    diff <(jq -c '[.features[].properties | [.cluster, .group]] | sort' places.geojson) <(jq -c '[.places[] | [.number, .group]] | sort' run.json)
    both castmap export --for internal -o all.gpkg
    code_is 0
    [ "$(sqlite3 all.gpkg 'SELECT count(*) FROM "groups"')" = "$(jq '.groups | length' run.json)" ]
    # Exact outlines stay with the group; another method has no such layer.
    both castmap export --for partner -o groups.partner.geojson --layer groups
    code_is 1
    both castmap cluster --json
    code_is 0
    jq -e 'has("groups") | not' out.txt
    both castmap export --for internal -o none.geojson --layer groups
    code_is 1
}

# Records of which each tells how much it counts; a fourth column says the same as many rows.
weighed() {
    jq -rn '"id,latitude,longitude,accuracy,date,severity,broken,sparse",
        (range(60) | . as $i | [1, 2, 3, 0, 2.5][$i % 5] as $w |
         ["r\($i)", 53.75012 + 0.00004 * ($i % 11) + 0.01 * ($i % 3), -4.08013 + 0.00005 * ($i % 7) + 0.012 * ($i % 3), 5, "2025-03-\(10 + $i % 18)",
          $w, (if $i == 7 then -1 elif $i == 9 then "now and then" else $w end), (if $i < 40 then $w else "" end)] | @csv)' >rows.csv
    castmap init weighed >/dev/null 2>&1
    castmap import rows.csv --map keep=severity --map keep=broken --map keep=sparse -p weighed.castmap.sqlite >/dev/null 2>&1
}

@test "weights from a column of the records: places need so much, and tell it" {
    weighed
    P="-p weighed.castmap.sqlite"
    # shellcheck disable=SC2086
    both castmap cluster $P -r 100m -m 30 --json
    code_is 0
    jq -e '.clusters == 0 and .weighted == false' out.txt
    # Twenty in each of three groups weigh 34 together, as an independent sum has it.
    # shellcheck disable=SC2086
    both castmap cluster $P -r 100m -m 30 --weight severity --json
    code_is 0
    jq -e '.clusters == 3 and .weighted and ([.places[].count] == [20, 20, 20])' out.txt
    diff <(jq -c '[.places[].weight] | sort' out.txt) \
        <(jq -nc '[range(3) as $g | [range(60) | select(. % 3 == $g) | [1, 2, 3, 0, 2.5][. % 5]] | add] | sort')
    for method in "--method dbscan*" "--method hdbscan" "--method optics -r 100m" "--method st-dbscan -r 100m --days 60"; do
        set -f
        # shellcheck disable=SC2086
        both castmap cluster $P $method -m 20 --weight severity --json
        set +f
        code_is 0
        jq -e '.clusters >= 2 and ([.places[].weight] | add > 50)' out.txt
    done
    # shellcheck disable=SC2086
    both castmap cluster $P -r 100m -m 30 --weight severity
    says "$out$err" "a weight of at least 30"
    # shellcheck disable=SC2086
    both castmap export $P --for internal -o places.geojson --layer places
    code_is 0
    jq -e '[.features[].properties | .weight > .count] | all' places.geojson
    # shellcheck disable=SC2086
    both castmap tune cluster $P -m 30 --radii 50m,100m --weight severity --json
    code_is 0
    jq -e '.radii[1].places == 3' out.txt
}

@test "weights that are none are refused; those that are missing are counted" {
    weighed
    P="-p weighed.castmap.sqlite"
    # shellcheck disable=SC2086
    both castmap cluster $P --weight broken
    code_is 1
    says "$err" "2 of the observations have no number of 0 or more"
    says "$err" "rows.csv:"
    case $err in *"now and then"*) return 1 ;; esac
    # shellcheck disable=SC2086
    both castmap heat $P --weight nothing
    code_is 1
    says "$err" "columns that are kept: broken, severity, sparse"
    # shellcheck disable=SC2086
    both castmap cluster $P --method nnh --weight severity
    code_is 2
    # shellcheck disable=SC2086
    both castmap cluster $P -r 100m -m 20 --weight sparse --json
    code_is 0
    jq -e '.observations == 40 and ([.remarks[] | select(.code == "weight-missing") | .text | startswith("20 observations")] == [true])' out.txt
    both castmap heat --weight severity --persons
    code_is 2
    both castmap cluster --weight severity
    [ "$status" -ne 0 ]
}

@test "a heat map of weights adds up to them, in its own words" {
    weighed
    P="-p weighed.castmap.sqlite"
    # shellcheck disable=SC2086
    both castmap heat $P --radius 300m --weight severity --json
    code_is 0
    jq -e '.measure == "severity per km²" and .weight == 102 and (.integral - 102 | fabs) < 0.05 and .observations == 60' out.txt
    # shellcheck disable=SC2086
    both castmap heat $P --radius 300m --weight sparse --unit probability --json
    code_is 0
    jq -e '.measure == "Percent of all sparse in each km²" and .observations == 40' out.txt
    # shellcheck disable=SC2086
    both castmap tune heat $P --weight severity --json
    code_is 0
    [ "$(sqlite3 weighed.castmap.sqlite "SELECT json_extract(parameters, '\$.weight') FROM run WHERE kind = 'heat' ORDER BY number LIMIT 1")" = severity ]
}

# What is told of places, whatever their numbers and those of the observations.
told() { # project, options
    castmap cluster -p "$@" --json |
        jq -c '[.clusters, .noise, ([.places[] | [.count, .lon, .lat, .radius_m, .diameter_m, .longest_hop_m, .ellipse, .categories,
                 .source_grades, .information_grades, .first, .last]] | sort)]'
}

@test "neither the order of rows nor threads change what is told, by any method" {
    jq -rn --argjson n 600 '
        "id,latitude,longitude,accuracy,date,category",
        (range($n) | . as $i | ($i * 7919 % 997 / 997) as $u | ($i * 104729 % 1009 / 1009) as $v |
         ["r\($i)", 53.75 + 0.0005 * ($i % 7) * $u + 0.01 * ($i % 3), -4.08 + 0.0007 * ($i % 5) * $v + 0.012 * ($i % 4),
          5, "2025-0\($i % 6 + 1)-\(10 + $i % 18)", ["visitors", "crowding", "vans"][$i % 3]] | @csv)' >rows.csv
    { sed 1q rows.csv; sed 1d rows.csv | tac; } >turned.csv
    castmap init rows >/dev/null 2>&1
    castmap init turned >/dev/null 2>&1
    castmap import rows.csv -p rows.castmap.sqlite >/dev/null 2>&1
    castmap import turned.csv -p turned.castmap.sqlite >/dev/null 2>&1
    for words in "--method dbscan -r 40m -m 4" "--method dbscan* -r 40m -m 4" "--method st-dbscan -r 60m --days 40 -m 3" \
        "--method hdbscan -m 6" "--method hdbscan -m 6 --selection leaf" "--method optics -r 40m -m 4" "--method optics --xi 0.1 -m 6" \
        "--method nnh -r 60m -m 4" "--method dbscan -r 40m -m 4 --outline concave --ellipse crimestat"; do
        set -f
        # shellcheck disable=SC2086
        one=$(told rows.castmap.sqlite $words --threads 1)
        # shellcheck disable=SC2086
        eight=$(told rows.castmap.sqlite $words --threads 8)
        # shellcheck disable=SC2086
        turned=$(told turned.castmap.sqlite $words --threads 2)
        set +f
        [ "$(jq '.[0]' <<<"$one")" -ge 2 ]
        [ "$one" = "$eight" ]
        case $words in
            *nnh* | *optics*) ;; # ties go to the lower number of an observation, which is that of its row
            *) [ "$one" = "$turned" ] || { echo "rows: $words" >&2; return 1; } ;;
        esac
    done
}

# One month of real records, each at one of some thousand shared map points.
police() {
    MONTH=$CASTMAP_TOP/../shared/data/observations/2021-09-avon-and-somerset-street.csv
    [ -r "$MONTH" ] || skip "the police month is not here"
    castmap init month >/dev/null 2>&1
    both castmap import "$MONTH" -p month.castmap.sqlite
    rm -f town.castmap.sqlite
}

@test "a month of police records: stacked on shared map points, and said so" {
    police
    both castmap cluster -r 150m -m 15 --json
    code_is 0
    jq -e '.clusters > 40 and .noise > 4000' out.txt
    jq -e '[.remarks[].code] | index("snapped-places") != null' out.txt
    both castmap cluster --method hdbscan --json
    code_is 0
    jq -e '.clusters > 40 and ([.places[].count] | add) + .noise == .observations' out.txt
    # Known to the month: too rough for a week, good enough for a quarter.
    both castmap cluster --method st-dbscan -r 150m --days 7
    code_is 1
    says "$err" "31 days or more"
    both castmap cluster --method st-dbscan -r 150m -m 15 --days 92 --json
    code_is 0
    jq -e '.clusters > 40 and .untimed == 0' out.txt
}

@test "optics: valleys, a cut that has the places of dbscan, and what it refuses" {
    both castmap --json cluster --method optics --xi 0.1
    code_is 0
    [ "$(jq .clusters out.txt)" -ge 8 ]
    jq -e '.remarks[] | select(.code == "valleys")' out.txt
    both castmap --json cluster --method optics --radius 60m
    code_is 0
    cut=$(jq .clusters out.txt)
    both castmap --json cluster --radius 60m
    [ "$(jq .clusters out.txt)" -eq "$cut" ]
    both castmap cluster --xi 0.1
    code_is 2
    says "$err" "--method optics"
    both castmap cluster --method optics --xi 2
    [ "$status" -ne 0 ]
    says "$err" "between 0 and 1"
}
