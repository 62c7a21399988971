#!/usr/bin/env bats
# A project that holds recorded tracks or movements and nothing else goes to every product, in its own words.
load helper
load drives

tracks_alone() { # people
    drives_of "t % $1"
    castmap tracks run >/dev/null 2>&1
}

@test "tracks alone: sheet, page, GeoJSON, GeoPackage and report for the group, framed around the streets, in words of tracks" {
    tracks_alone 6
    both castmap export --for internal -o out
    code_is 0
    jq -e '[.features[].properties.street] | index("East Street 5")' out/track_stretches.geojson
    ogrinfo -q out/layers.gpkg | grep -q track_stretches
    [ -s out/map.pdf ]
    pdftotext out/map.pdf - | grep -q 'Recorded tracks from 1 March 2025 to 12 March 2025'
    pdftotext out/map.pdf - | grep -q 'East Street 5, North Street'
    pdftotext out/map.pdf - | grep -q 'People who passed its busiest piece'
    for file in out/map.html out/report.html; do
        grep -q 'Recorded tracks from 1 March 2025 to 12 March 2025' $file
        if grep -qE 'An observation is|No observations yet' $file; then return 1; fi
    done
    # the streets have an edge of 2.75 km; the frame is no larger than twice that
    jq -e '.features | length > 0' out/track_stretches.geojson
    pdftotext out/map.pdf - | grep -oE 'About 1 : [0-9,]+' | tr -d ', ' | grep -oE '[0-9]+$' | awk '$1 < 25000 { ok = 1 } END { exit !ok }'
}

@test "tracks alone: partners get the streets in words of tracks; the public, where six people are too few, a map that says that nothing is shown" {
    tracks_alone 6
    both castmap export --for partner -o out
    code_is 0
    says "$err$out" "no observations"
    pdftotext out/map.pdf - | tr '\n' ' ' | grep -q 'Recorded tracks from 1 January 2025 to 31 December 2025'
    for file in out/map.html out/report.html out/manifest.json; do
        if grep -qE 'Reports from|A report is|Reports are counted' $file; then return 1; fi
        grep -q 'at least 5 people' $file
    done
    grep -q '>Tables</h2>' out/map.html
    jq -e '[.features[].properties.people] | unique == ["5 to 9"]' out/track_stretches.geojson
    castmap export --for public -o held >/dev/null 2>&1
    [ ! -e held/track_stretches.geojson ]
    # nothing shown: it is not said of what
    pdftotext held/map.pdf - | tr '\n' ' ' | grep -q 'Records from 1 January 2025 to 31 December 2025'
}

@test "tracks alone: twelve people are enough for the public" {
    tracks_alone 12
    castmap map --for public -o town.pdf >/dev/null 2>&1
    pdftotext town.pdf - | tr '\n' ' ' | grep -q 'Recorded tracks from'
    pdftotext town.pdf - | grep -q 'East Street 5'
}

@test "movements alone: partners get the flows first, in words of movements, on boundaries" {
    castmap init town >/dev/null 2>&1
    castmap boundaries add "$SAMPLE/wards.geojson" >/dev/null 2>&1
    castmap flows "$SAMPLE/movements.csv" >/dev/null 2>&1 || true
    both castmap export --for partner -o out
    code_is 0
    pdftotext out/map.pdf - | tr '\n' ' ' | grep -q 'Movements from 1 January 2024 to 31 December 2025'
    pdftotext out/map.pdf - | grep -qE '^[A-Z].* to [A-Z]'
    for file in out/map.html out/report.html out/manifest.json; do
        if grep -qE 'Reports from|A report is|Reports are counted' $file; then return 1; fi
        grep -q 'A movement is what somebody reported' $file
    done
    grep -q '"main":"flows"' out/map.html
}

@test "alone: a project with nothing to draw is refused and says what it lacks" {
    castmap init town >/dev/null 2>&1
    both castmap map --for internal -o town.pdf
    code_is 1
    [ ! -e town.pdf ]
}
