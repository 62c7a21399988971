#!/usr/bin/env bats
# Heat maps: kinds, measures, radii, borders, what is refused, and that none of it reaches partners or the public.
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

near() { # a, b, relative
    awk -v a="$1" -v b="$2" -v r="$3" 'BEGIN { d = a - b; if (d < 0) d = -d; m = b < 0 ? -b : b; exit !(d <= r * m) }' ||
        { echo "$1 is not near $2" >&2; return 1; }
}

@test "six kernels, and each surface adds up to the observations" {
    for kernel in quartic epanechnikov gaussian uniform triangular triweight; do
        heat --kernel "$kernel" --radius 500m --cell 40m
        code_is 0
        [ "$(value .observations)" -eq 2516 ]
        near "$(value .integral)" 2516 0.002
    done
}

@test "a standard deviation in place of a radius, not beside it" {
    heat --sigma 100m
    code_is 0
    near "$(value .radius_m)" 282.842712 1e-6
    both castmap heat --sigma 100m --radius 300m
    code_is 2
    says "$err" "not both"
}

@test "a radius by each rule" {
    for rule in likelihood least-squares scott normal-scale oversmoothing diggle cronie-van-lieshout; do
        heat --rule "$rule" --cell 200m
        code_is 0
        awk -v r="$(value .radius_m)" 'BEGIN { exit !(r > 10 && r < 20000) }'
        jq -e '.remarks[] | select(.code == "radius-chosen")' out.txt
    done
}

@test "measures are one surface in other units" {
    heat --radius 400m --cell 50m
    plain=$(value .maximum)
    heat --radius 400m --cell 50m --unit probability
    near "$(value .maximum)" "$(awk -v m="$plain" 'BEGIN { printf "%.17g", m * 100 / 2516 }')" 1e-9
    heat --radius 400m --cell 50m --unit per-km2-month --from 2024-07-01 --to 2026-06-30
    near "$(value .maximum)" "$(awk -v m="$plain" 'BEGIN { print m / 24 }')" 0.01
    heat --radius 400m --cell 50m --unit per-1000
    code_is 0
    [ "$(value .measure)" = "Observations per 1,000 residents" ]
    [ "$(value .integral)" = null ]
}

@test "corrections at the border of the study area" {
    heat --radius 600m --cell 50m --within
    cut=$(value .integral)
    heat --radius 600m --cell 50m --edge diggle
    near "$(value .integral)" 2516 0.003
    awk -v a="$cut" 'BEGIN { exit !(a < 2516) }'
    heat --radius 600m --cell 50m --edge uniform
    code_is 0
    awk -v a="$cut" -v b="$(value .integral)" 'BEGIN { exit !(b > a) }'
    both castmap heat --adaptive --edge uniform
    code_is 2
    heat --adaptive --radius 500m --edge diggle
    code_is 0
}

@test "a study area is the union of areas: without any it is refused, a box is no answer" {
    castmap -q init bare.castmap.sqlite >/dev/null
    printf 'latitude,longitude,date\n53.7500,-4.0800,2025-01-10\n53.7510,-4.0810,2025-01-11\n53.7520,-4.0830,2025-01-11\n' >few.csv
    castmap -q import few.csv -p bare.castmap.sqlite >/dev/null
    both castmap heat -p bare.castmap.sqlite --edge diggle
    [ "$status" -ne 0 ]
    says "$err" "study area"
    says "$err" "boundaries add"
    both castmap heat -p bare.castmap.sqlite --radius 500m
    code_is 0
}

@test "one category against another: ratio, tolerance contours, blank where there is next to nothing" {
    heat --compare late_night_visitors:street_light_out --radius 800m
    code_is 0
    [ "$(value .kind)" = compare ]
    [ "$(value .kernel)" = Gaussian ]
    castmap -q export --for internal -o out >/dev/null
    [ "$(jq '.features | length' out/tolerance.geojson)" -ge 1 ]
    jq -e '[.features[].properties.p_below] | unique | inside([0.01, 0.05])' out/tolerance.geojson
    gdalinfo out/heat.tif | grep -q "NoData Value=-9999"
    for words in late_night_visitors "a:b:c" ":b" "a:"; do
        both castmap heat --compare "$words"
        code_is 2
    done
    both castmap heat --compare late_night_visitors:nothing_of_the_kind
    [ "$status" -ne 0 ]
    both castmap heat --compare late_night_visitors:street_light_out --change 2024:2025
    code_is 2
}

@test "change between periods: the surfaces' difference, on a scale alike on both sides" {
    heat --radius 600m --cell 60m --change 2024-07..2025-06:2025-07..2026-06
    code_is 0
    [ "$(value '.breaks | length')" -eq 7 ]
    jq -e '.breaks as $b | ($b[1] == -$b[6]) and ($b[2] == -$b[5]) and ($b[3] == -$b[4])' out.txt
    forward=$(value .maximum)
    awk -v m="$(value .minimum)" 'BEGIN { exit !(m < 0) }'
    for words in 2024 2025:2024 2024:2024 2024..2023:2025 x:y; do
        both castmap heat --change "$words"
        code_is 2
    done
    awk -v m="$forward" 'BEGIN { exit !(m > 0) }'
}

@test "masked places are blank in every file" {
    cat >water.geojson <<'JSON'
{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[-4.06,53.745],[-4.03,53.745],[-4.03,53.755],[-4.06,53.755],[-4.06,53.745]]]}}]}
JSON
    heat --radius 500m --cell 50m
    castmap -q export --for internal -o open >/dev/null
    heat --radius 500m --cell 50m --mask water.geojson
    code_is 0
    castmap -q export --for internal -o masked >/dev/null
    [ "$(gdallocationinfo -valonly -wgs84 open/heat.tif -4.045 53.75)" != "" ]
    [ "$(gdallocationinfo -valonly -wgs84 masked/heat.tif -4.045 53.75)" = -9999 ]
    [ "$(gdallocationinfo -valonly -wgs84 masked/heat-classes.tif -4.045 53.75)" = 0 ]
    printf 'x' >none.geojson
    both castmap heat --mask none.geojson
    code_is 4
    says "$err" "none.geojson"
}

@test "bands are valid and do not overlap, whatever the map shows" {
    for words in "--radius 500m" "--radius 500m --edge diggle" "--radius 700m --change 2024-07..2025-06:2025-07..2026-06" \
        "--radius 900m --compare late_night_visitors:street_light_out" "--radius 60m --cell 10m" "--radius 950m --cell 20m --kernel uniform"; do
        # shellcheck disable=SC2086
        heat $words
        code_is 0
        castmap -q export --for internal -o "$BATS_TEST_TMPDIR/bands" --overwrite >/dev/null
        ogrinfo -q bands/layers.gpkg -dialect SQLite -sql "SELECT count(*) AS bad FROM heat WHERE NOT ST_IsValid(geom)" | grep -q "bad (Integer) = 0"
        ogrinfo -q bands/layers.gpkg -dialect SQLite \
            -sql "SELECT count(*) AS bad FROM heat a, heat b WHERE a.fid < b.fid AND ST_Area(ST_Intersection(a.geom, b.geom)) > 1e-12" |
            grep -q "bad (Integer) = 0"
        for file in bands/heat.geojson bands/tolerance.geojson; do # and when their corners are rounded
            [ ! -e $file ] || ogrinfo -q $file -dialect SQLite -sql "SELECT count(*) AS bad FROM $(basename $file .geojson) WHERE NOT ST_IsValid(geometry)" |
                grep -q "bad (Integer) = 0"
        done
        rm -r bands
    done
}

@test "records that are known only to an area are spread over it, and the map says what share they are" {
    {
        echo latitude,longitude,date,accuracy
        for i in $(seq 10 49); do echo "53.7$i,-4.0501,2025-01-10,10"; done
        for i in $(seq 10); do echo "53.7600,-4.0700,2025-02-$((i + 10)),1500"; done
    } >rough.csv
    castmap -q init rough.castmap.sqlite >/dev/null
    castmap -q boundaries add "$SAMPLE/wards.geojson" -p rough.castmap.sqlite >/dev/null
    castmap -q import rough.csv -p rough.castmap.sqlite >/dev/null
    heat -p rough.castmap.sqlite --radius 400m --cell 50m
    [ "$(value .spread)" -eq 10 ]
    near "$(value .integral)" 50 0.003
    spread=$(value .maximum)
    jq -e '.remarks[] | select(.code == "spread") | .text | test("20 %")' out.txt
    castmap -q report --for internal -p rough.castmap.sqlite -o rough.html >/dev/null
    grep -q "20 % of the observations of the heat map" rough.html
    heat -p rough.castmap.sqlite --radius 400m --cell 50m --keep-whole
    [ "$(value .spread)" -eq 0 ]
    awk -v a="$spread" -v b="$(value .maximum)" 'BEGIN { exit !(b > a) }'
}

@test "what partners and the public see does not depend on the heat map made inside" {
    echo '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[-4.06,53.745],[-4.03,53.745],[-4.03,53.755],[-4.06,53.745]]]}}]}' >water.geojson
    n=0
    for words in "--radius 500m" "--compare late_night_visitors:street_light_out --radius 800m" "--change 2024-07..2025-06:2025-07..2026-06" \
        "--slices 3 --persons --kernel uniform --radius 200m" "--unit per-1000 --edge uniform --sigma 90m" "--adaptive --mask water.geojson --keep-whole"; do
        n=$((n + 1))
        mkdir $n
        cp town.castmap.sqlite $n/town.castmap.sqlite
        # shellcheck disable=SC2086
        castmap -q heat $words -p $n/town.castmap.sqlite >/dev/null
        for audience in partner public; do
            castmap -q export --for $audience --today 2026-11-01 -o $n/$audience -p $n/town.castmap.sqlite >/dev/null
            cmp 1/$audience/heat.geojson $n/$audience/heat.geojson
            cmp 1/$audience/heat-classes.tif $n/$audience/heat-classes.tif
            diff <(cd 1/$audience && ls) <(cd $n/$audience && ls)
            [ ! -e $n/$audience/heat.tif ]
            [ ! -e $n/$audience/tolerance.geojson ]
            [ -z "$(ogrinfo -q $n/$audience/layers.gpkg | grep -E "tolerance|heat_")" ]
            [ "$(grep -Ec "heat_0|p_below|Tolerance contours" $n/$audience/map.html)" -eq 0 ]
            # Every raster that leaves holds whole numbers: classes, no surface.
            for raster in $n/$audience/*.tif; do
                gdalinfo "$raster" | grep -q "Type=Byte"
            done
        done
    done
}

@test "undo takes a heat map back with its measure" {
    heat --compare late_night_visitors:street_light_out --radius 800m
    castmap -q undo >/dev/null
    [ "$(sqlite3 town.castmap.sqlite 'SELECT (SELECT count(*) FROM heat_layer) + (SELECT count(*) FROM heat_measure) + (SELECT count(*) FROM heat_band)')" -eq 0 ]
}

@test "tune heat: every rule with its radius, one recommended, and the maps on a sheet for the group itself alone" {
    both castmap --json tune heat
    code_is 0
    [ "$(jq '.candidates | length' out.txt)" -ge 7 ]
    jq -e '[.candidates[].radius_m | select(. != null)] as $r | $r == ($r | sort)' out.txt
    jq -e '.recommended_m > 100 and .recommended_m < 2000' out.txt
    jq -e '.candidates[] | select(.rule == "least-squares") | .at_limit' out.txt
    recommended=$(jq .recommended_m out.txt)
    heat
    awk -v a="$recommended" -v b="$(value .radius_m)" 'BEGIN { exit !(b > 0.8 * a && b < 1.25 * a) }'
    both castmap tune heat --for internal -o tune.pdf
    code_is 0
    pdftotext tune.pdf - | grep -q "Recommended radius"
    pdftotext tune.pdf - | grep -qi "internal"
    # What is too narrow for the whole is shown at its densest place, and says how far across.
    pdftotext tune.pdf - | grep -q "only the densest place is shown"
    both castmap tune heat -o x.pdf
    code_is 2
    for audience in partner public; do
        both castmap tune heat --for $audience -o x.pdf
        code_is 7
        [ ! -e x.pdf ]
    done
    castmap -q init bare.castmap.sqlite >/dev/null
    printf 'latitude,longitude,date\n53.7500,-4.0800,2025-01-10\n53.7510,-4.0810,2025-01-11\n53.7520,-4.0830,2025-01-11\n' >few.csv
    castmap -q import few.csv -p bare.castmap.sqlite >/dev/null
    both castmap tune heat -p bare.castmap.sqlite
    code_is 0
    says "$out" "needs a study area"
}

@test "a radius that shows no streets says so; one that was asked for does not" {
    jq -rn '"latitude,longitude,date", (range(80) | [53.75012 + 0.6 * (. * 7919 % 97 / 97), -4.08013 + 0.9 * (. * 104729 % 89 / 89), "2025-03-04"] | @csv)' >wide.csv
    castmap -q init wide.castmap.sqlite >/dev/null
    castmap -q import wide.csv -p wide.castmap.sqlite >/dev/null || [ $? -eq 3 ]
    both castmap heat -p wide.castmap.sqlite --json
    code_is 0
    jq -e '.radius_m >= 1000 and ([.remarks[] | select(.code == "radius-wide") | .text | contains("boundaries add")] == [true])' out.txt
    both castmap heat -p wide.castmap.sqlite --radius 12km --json
    code_is 0
    jq -e '[.remarks[]? | select(.code == "radius-wide")] == []' out.txt
    both castmap heat -p town.castmap.sqlite --json
    code_is 0
    jq -e '.radius_m < 1000 and ([.remarks[] | select(.code == "radius-wide")] == [])' out.txt
}

@test "persons in place of observations: the surface adds up to them" {
    heat --persons --radius 500m --cell 50m
    code_is 0
    persons=$(sqlite3 town.castmap.sqlite 'SELECT sum(coalesce(persons, 1)) FROM observation')
    near "$(value .integral)" "$persons" 0.002
    [ "$(value .weight)" = "$persons" ]
    [ "$(value .measure)" = "Persons per km²" ]
    both castmap heat --persons --compare late_night_visitors:street_light_out
    code_is 2
}

@test "slices in time: a layer each, with one legend, none for others" {
    heat --slices 4 --radius 500m --cell 60m
    code_is 0
    [ "$(value .slices)" -eq 4 ]
    castmap -q export --for internal -o sliced >/dev/null
    for i in 1 2 3 4; do
        [ "$(jq '.features | length' sliced/heat_0$i.geojson)" -ge 1 ]
        jq -r '.features[].properties | "\(.class) \(.label)"' sliced/heat_0$i.geojson
    done | sort -u >legend.txt
    [ "$(cut -d' ' -f1 legend.txt | sort -u | wc -l)" -eq "$(wc -l <legend.txt)" ] # a class has one label in all slices
    castmap -q map --for internal --layer heat_02 -o two.pdf >/dev/null
    castmap -q export --for partner --today 2026-11-01 -o away >/dev/null
    [ ! -e away/heat_01.geojson ]
    for words in 0 61 4x week; do
        both castmap heat --slices $words
        code_is 2
        says "$err" "month, a quarter or a number"
    done
    both castmap heat --slices 4 --edge diggle
    code_is 2
    both castmap heat --slices 4 --change 2024:2025
    code_is 2
    castmap -q undo 3 >/dev/null # the partner release is step 4, and stays
    [ "$(sqlite3 town.castmap.sqlite 'SELECT count(*) FROM heat_slice')" -eq 0 ]
}

@test "slices by the calendar, side by side on a sheet for the group itself alone" {
    heat --slices quarter --radius 500m --cell 80m
    code_is 0
    [ "$(value .slices)" -eq 8 ]
    castmap -q export --for internal -o sliced >/dev/null
    [ "$(jq -r .title sliced/heat_03.geojson)" = "Heat map, 2025-01-01 to 2025-03-31" ]
    both castmap -q map --for internal --layer slices -o slices.pdf
    code_is 0
    pdftotext slices.pdf - >words.txt
    for date in "2024-07-01 to 2024-09-30" "2026-04-01 to 2026-06-30" "INTERNAL"; do grep -q "$date" words.txt; done
    heat --slices month --from 2024-11-10 --to 2025-02-03 --radius 500m --cell 80m
    [ "$(value .slices)" -eq 4 ]
    castmap -q export --for internal -o months >/dev/null
    [ "$(jq -r .title months/heat_01.geojson)" = "Heat map, 2024-11-10 to 2024-11-30" ]
    [ "$(jq -r .title months/heat_04.geojson)" = "Heat map, 2025-02-01 to 2025-02-03" ]
    for audience in partner public; do
        for layer in slices heat_02 tolerance; do
            for file in s.pdf s.html; do
                both castmap map --for $audience --today 2026-11-01 --layer $layer -o $file
                code_is 7
                says "$err" "the group itself"
                [ ! -e $file ]
            done
        done
    done
    both castmap heat --slices month --from 2010
    [ "$status" -ne 0 ]
    says "$err" "more than 60 slices"
    heat --radius 500m --cell 80m
    both castmap map --for internal --layer slices -o none.pdf
    code_is 1
    says "$err" "--slices quarter"
}

@test "slices of persons say so" {
    heat --persons --slices 2 --radius 500m --cell 80m
    castmap -q export --for internal -o persons >/dev/null
    [ "$(jq -r .fields.label.title persons/heat_01.geojson)" = "Persons per km² and month" ]
}

@test "one period against another: where its records lie more likely, whatever their number" {
    heat --compare 2025-07..2026-06:2024-07..2025-06 --radius 700m
    code_is 0
    [ "$(value .kind)" = compare ]
    [ "$(sqlite3 town.castmap.sqlite "SELECT json_extract(parameters, '\$.first_period') FROM run ORDER BY number DESC LIMIT 1")" = "2024-07-01 to 2025-06-30" ]
    up=$(value .maximum)
    down=$(value .minimum)
    heat --compare 2024-07..2025-06:2025-07..2026-06 --radius 700m
    near "$(value .maximum)" "$(awk -v a="$down" 'BEGIN { printf "%.17g", -a }')" 1e-9
    near "$(value .minimum)" "$(awk -v a="$up" 'BEGIN { printf "%.17g", -a }')" 1e-9
    both castmap heat --compare 2025:2025-06
    code_is 2
    says "$err" "overlap"
}

@test "how a heat map was made is kept: rule, period, mask" {
    cat >water.geojson <<'JSON'
{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[-4.06,53.745],[-4.03,53.745],[-4.03,53.755],[-4.06,53.755],[-4.06,53.745]]]}}]}
JSON
    heat --rule scott --mask water.geojson --from 2025 --to 2025 --cell 100m
    code_is 0
    sqlite3 town.castmap.sqlite "SELECT parameters FROM run ORDER BY number DESC LIMIT 1" >kept.json
    jq -e '.rule | test("Scott")' kept.json
    [ "$(jq -r .mask_sha256 kept.json)" = "$(sha256sum water.geojson | cut -d' ' -f1)" ]
    [ "$(jq -r .period kept.json)" = "2025-01-01 to 2025-12-31" ]
}
