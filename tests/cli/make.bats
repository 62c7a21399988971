#!/usr/bin/env bats
# The whole job in one go, on the sample town.
load helper

make_sample() { # folder, more options
    local output=$1
    shift
    "$CASTMAP_BIN" make "$SAMPLE/observations.csv" --boundaries "$SAMPLE/wards.geojson" \
        --population "$SAMPLE/population.csv" --categories "$SAMPLE/categories.csv" --buildings "$SAMPLE/buildings.csv" \
        --streets "$SAMPLE/streets.geojson" --backdrop "$SAMPLE/backdrop.geojson" --places "$SAMPLE/places.geojson" \
        --time-zone Europe/London -o "$output" "$@"
}

# Made once for the tests that only look; the others make their own.
setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    load helper
    status=0
    make_sample town --json >town.json 2>town.err || status=$?
    echo "$status" >town.code
}

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    TOWN=$BATS_FILE_TMPDIR/town
    SUMMARY=$BATS_FILE_TMPDIR/town.json
}

@test "ends with 3, because the sample has bad rows, and accounts for every row" {
    [ "$(cat "$BATS_FILE_TMPDIR/town.code")" -eq 3 ]
    jq -e '.rows | .read == .accepted + .duplicate + .quarantined' "$SUMMARY"
    jq -e '.rows.quarantined == ([.rows.reasons[].count] | add)' "$SUMMARY"
    jq -e --slurpfile want "$SAMPLE/expected.json" '.rows.read == $want[0].rows.read' "$SUMMARY" ||
        jq -e '.rows.read > 2500 and .rows.quarantined >= 30' "$SUMMARY"
    jq -e '[.rows.reasons[] | .code, .reason] | all(type == "string" and length > 0)' "$SUMMARY"
}

@test "the summary as one object: clusters, areas, suppressed, files, timings" {
    jq -e '.clusters >= 1 and (.clusters | type == "number")' "$SUMMARY"
    jq -e '.areas.placed + .areas.unplaced == .rows.accepted' "$SUMMARY"
    jq -e '[.areas.areas[].count] | add == '"$(jq .areas.placed "$SUMMARY")" "$SUMMARY"
    jq -e '.suppressed | keys == ["internal", "partner", "public"]' "$SUMMARY"
    jq -e '.suppressed.public.areas_shown + .suppressed.public.areas_withheld == 24' "$SUMMARY"
    jq -e '.timings_s | .import >= 0 and .cluster >= 0 and .total > 0' "$SUMMARY"
    jq -e '.heat | (.integral / .observations - 1 | fabs) < 1e-6' "$SUMMARY"
}

@test "with streets, the planted route is found along them" {
    jq -e '.routes.stretches[0] | .street == "Oswend Road" and .hot' "$SUMMARY"
    jq -e '.routes | .observations == .snapped + .too_far + .vague + .shared' "$SUMMARY"
    jq -e '.streets.used > 2900 and .timings_s.streets > 0' "$SUMMARY"
    [ -s "$BATS_FILE_TMPDIR/town/internal/stretches.geojson" ]
    [ "$(jq -c '[.features[].properties | keys[]] | unique' "$BATS_FILE_TMPDIR/town/public/stretches.geojson")" = '["street"]' ]
}

@test "every file that is listed is there, and every file that is there is listed" {
    cd "$BATS_FILE_TMPDIR"
    jq -r '.files[]' "$SUMMARY" | LC_ALL=C sort >"$BATS_TEST_TMPDIR/listed"
    find town -type f | LC_ALL=C sort >"$BATS_TEST_TMPDIR/there"
    diff "$BATS_TEST_TMPDIR/listed" "$BATS_TEST_TMPDIR/there"
    for audience in internal partner public; do
        for file in map.pdf map.png map.svg map.html report.html manifest.json areas.geojson layers.gpkg heat-classes.tif; do
            [ -s "town/$audience/$file" ]
        done
    done
    [ -s town/internal/heat.tif ]
    [ ! -e town/partner/heat.tif ]
    [ ! -e town/public/heat.tif ]
    [ ! -e town/partner/observations.geojson ]
    [ ! -e town/public/observations.geojson ]
}

@test "the manifests hold the digests of the files beside them" {
    for audience in internal partner public; do
        cd "$TOWN/$audience"
        jq -r '.files[] | "\(.sha256)  \(.name)"' manifest.json >"$BATS_TEST_TMPDIR/sums"
        [ -s "$BATS_TEST_TMPDIR/sums" ]
        sha256sum --quiet -c "$BATS_TEST_TMPDIR/sums"
        [ "$(wc -l <"$BATS_TEST_TMPDIR/sums")" -eq "$(($(find . -type f | wc -l) - 1))" ]
    done
}

@test "GDAL opens every layer and raster, with the counts that were said and in the right system" {
    for audience in internal partner public; do
        for file in "$TOWN/$audience"/*.geojson; do
            want=$(jq '.features | length' "$file")
            ogrinfo -ro -al -so "$file" >info.txt
            grep -q "^Feature Count: $want\$" info.txt
            grep -q 'ID\["EPSG",4326\]' info.txt
        done
        ogrinfo -ro -q "$TOWN/$audience/layers.gpkg" >layers.txt
        [ "$(grep -c '^[0-9]*: ' layers.txt)" -ge 3 ]
        gdalinfo "$TOWN/$audience/heat-classes.tif" >raster.txt
        grep -q "Type=Byte" raster.txt
        grep -q "LAYOUT=COG" raster.txt
        grep -q 'ID\["EPSG"' raster.txt
    done
    gdalinfo "$TOWN/internal/heat.tif" | grep -q "Type=Float"
    [ "$(jq '.features | length' "$TOWN/internal/areas.geojson")" -eq 24 ]
    [ "$(jq '.features | length' "$TOWN/internal/observations.geojson")" -eq "$(jq .rows.accepted "$SUMMARY")" ]
}

@test "no vertex of a partner or public file is the place of an observation" {
    jq -r '.features[].geometry.coordinates | "\(.[0]) \(.[1])"' "$TOWN/internal/observations.geojson" |
        LC_ALL=C sort -u >places.txt
    [ "$(wc -l <places.txt)" -gt 1000 ]
    for file in "$TOWN"/partner/*.geojson "$TOWN"/public/*.geojson; do
        jq -r '.features[].geometry | .. | arrays | select(length == 2 and (.[0] | type == "number")) | "\(.[0]) \(.[1])"' "$file"
    done | LC_ALL=C sort -u >vertices.txt
    [ -s vertices.txt ]
    [ -z "$(LC_ALL=C comm -12 places.txt vertices.txt)" ]
}

@test "the sheet is A4 and its text can be selected" {
    pdfinfo "$TOWN/public/map.pdf" | grep -qE "Page size: +(595.* x 84[12]|84[12].* x 595)"
    pdftotext "$TOWN/public/map.pdf" - | grep -qi "public"
    pdftotext "$TOWN/internal/map.pdf" - | grep -qi "internal"
    # The sheet knows where it lies: the frame stands in it, in metres of the working CRS.
    gdalinfo --config GDAL_PDF_DPI 72 "$TOWN/internal/map.pdf" >registered.txt
    grep -q "ID\[\"EPSG\",32630\]" registered.txt
    grep -q "NEATLINE=POLYGON" registered.txt
    grep -qE "^Pixel Size = \(2[0-9]\.[0-9]+,-2[0-9]" registered.txt
}

@test "nothing is asked of the network by a page" {
    for page in "$TOWN"/*/map.html "$TOWN"/*/report.html; do
        ! grep -oE '(src|href)="(https?:)?//[^"]*"' "$page" | grep -v 'href='
        ! grep -oE '<link[^>]*href="https?:[^"]*"' "$page"
    done
}

@test "same input, same bytes: another folder, one thread, another language and zone" {
    make_sample again --threads 1 -q >/dev/null || [ $? -eq 3 ]
    diff -r "$TOWN" again
    TZ=Asia/Tokyo LC_ALL=tr_TR.UTF-8 make_sample elsewhere -q >/dev/null || [ $? -eq 3 ]
    diff -r "$TOWN" elsewhere
}

@test "--dry-run reads everything and leaves nothing" {
    both make_sample never -n
    code_is 3
    says "$out" "2555 rows read"
    [ -z "$(find . -name 'never*')" ]
}

@test "an output that exists is refused; --overwrite replaces an earlier one, and never what somebody put there" {
    small_town
    both castmap make small.csv -b areas.geojson -o out
    code_is 3
    both castmap make small.csv -b areas.geojson -o out
    code_is 5
    says "$err" "--overwrite"
    both castmap make small.csv -b areas.geojson -o out --overwrite --title Second
    code_is 3
    [ "$(castmap info -p out/small.castmap.sqlite --json | jq -r .title)" = Second ]
    touch out/mine.txt
    both castmap make small.csv -b areas.geojson -o out --overwrite
    code_is 5
    says "$err" "mine.txt"
    [ -e out/mine.txt ]
    [ -z "$(find . -name '*.tmp-*')" ]
}

@test "a refused file leaves no folder: no observations, no areas, no file, broken text" {
    small_town
    printf 'latitude,longitude,date\n"open,1,2\n' >broken.csv
    both castmap make broken.csv -b areas.geojson -o out
    code_is 4
    both castmap make missing.csv -b areas.geojson -o out
    code_is 5
    both castmap make small.csv -b missing.geojson -o out
    code_is 5
    both castmap make small.csv -b areas.geojson -o missing/out
    code_is 5
    both castmap make small.csv -o out
    code_is 2
    says "$err" "--boundaries"
    [ -z "$(find . -name 'out*' ! -name 'out.txt')" ]
}

@test "too few records for anyone else: the rules refuse or show nothing, and the rest is made" {
    small_town
    both castmap make small.csv -b areas.geojson -o out --json
    code_is 3
    [ -s out/internal/map.pdf ]
    jq -e '.suppressed.public | (.refused | type == "string") or .cells_shown == 0' out.txt
    ! grep -rq "53.7500" out/public out/partner 2>/dev/null
}

@test "Ctrl-C at many moments: 130 and no folder, or the whole of it" {
    for moment in 0.1 0.3 0.5 0.8 1.2 1.8 2.6 3.6; do
        rm -rf out
        status=0
        timeout --preserve-status -s INT "$moment" "$CASTMAP_BIN" make "$SAMPLE/observations.csv" -b "$SAMPLE/wards.geojson" \
            -q -o out >/dev/null 2>err.txt || status=$?
        if [ -e out ]; then
            [ "$status" -eq 3 ] || [ "$status" -eq 130 ]
            for audience in internal partner public; do [ -s "out/$audience/manifest.json" ]; done
        else
            [ "$status" -eq 130 ]
        fi
        [ -z "$(find . -name 'out.tmp-*')" ]
    done
}

@test "SIGKILL at many moments: no folder, or the whole of it" {
    for moment in 0.1 0.3 0.5 0.8 1.2 1.8 2.6 3.6; do
        rm -rf out out.tmp-*
        timeout -s KILL "$moment" "$CASTMAP_BIN" make "$SAMPLE/observations.csv" -b "$SAMPLE/wards.geojson" \
            -q -o out >/dev/null 2>&1 || true
        if [ -e out ]; then
            for audience in internal partner public; do [ -s "out/$audience/manifest.json" ]; done
        fi
    done
}
