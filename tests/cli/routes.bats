#!/usr/bin/env bats
# castmap routes: from observations and streets to stretches, maps, files and a release.
load helper

town() {
    castmap init s.castmap.sqlite > /dev/null
    castmap boundaries add "$SAMPLE/wards.geojson" > /dev/null
    castmap import "$SAMPLE/observations.csv" > /dev/null || [ $? -eq 3 ]
    castmap streets add "$SAMPLE/streets.geojson" > /dev/null
}

@test "the planted route of the sample town is the top stretch" {
    town
    both castmap --json routes
    code_is 0
    cp out.txt out.json
    [ "$(jq -r '.stretches[0].street' out.json)" = "Oswend Road" ]
    jq -e '.stretches[0] | .hot and .count > 300 and .length_m > 1000 and .length_m < 1500 and .p <= 0.001 and .from != "" and .to != ""' out.json
    # every observation is accounted for
    jq -e '.observations == .snapped + .too_far + .vague + .shared and .observations == 2518' out.json
    # from the summary alone: rates are count by length
    jq -e '.stretches | all((.count / .length_m * 1000 - .per_km | fabs) < 1e-6)' out.json
    jq -e '.stretches[0].sentence | contains("Oswend Road between")' out.json
}

@test "the same answer at any number of threads, and its seed is its own" {
    town
    castmap --json --threads 1 routes | jq -S '.stretches' > one.json
    castmap --json --threads 2 routes | jq -S '.stretches' > two.json
    cmp one.json two.json
}

@test "without simulations stretches are ranked and not tested" {
    town
    both castmap --json routes --simulations 0
    code_is 0
    jq -e '.stretches[0].street == "Oswend Road" and .stretches[0].p == null and (.stretches | any(.hot) | not)' out.txt
    castmap map -o map.svg --layer stretches --for internal > /dev/null
}

@test "map, GeoJSON and GeoPackage of stretches, for the group" {
    town
    castmap routes > /dev/null
    castmap export -o out --for internal > /dev/null
    [ "$(jq '[.features[] | select(.properties.hot == "yes")] | length' out/stretches.geojson)" -gt 10 ]
    [ "$(jq -r '.features[0].properties.street' out/stretches.geojson)" = "Oswend Road" ]
    ogrinfo -so out/layers.gpkg stretches | grep -q "Multi Line String"
    ogrinfo -so out/layers.gpkg street_density | grep -q "Feature Count"
    castmap map -o map.pdf --layer stretches --for internal > /dev/null
    castmap map -o map.svg --layer street_density --for internal > /dev/null
    grep -q Oswend out/map.html
}

@test "slices along the streets: a layer each, with one legend, side by side on a sheet, none for others" {
    town
    both castmap --json routes --slices quarter --simulations 0
    code_is 0
    [ "$(jq .slices out.txt)" -eq 8 ]
    sliced_run=$(jq .run out.txt)
    castmap export -o sliced --for internal > /dev/null
    [ "$(jq -r .title sliced/street_density_03.geojson)" = "Density along the streets, 2025-01-01 to 2025-03-31" ]
    for i in 1 2 3 4 5 6 7 8; do
        [ "$(jq '.features | length' sliced/street_density_0$i.geojson)" -ge 10 ]
        jq -r '.features[].properties | "\(.class) \(.label)"' sliced/street_density_0$i.geojson
    done | sort -u > legend.txt
    [ "$(cut -d' ' -f1 legend.txt | sort -u | wc -l)" -eq "$(wc -l < legend.txt)" ] # a class has one label in all slices
    # the density of a slice is a rate: over eight quarters it adds up to that of the whole, by month
    sliced=$(for i in 1 2 3 4 5 6 7 8; do jq '[.features[].properties | select(.street == "Oswend Road") | .per_km_month] | max' sliced/street_density_0$i.geojson; done |
        jq -s 'add / length')
    whole=$(jq '[.features[].properties | select(.street == "Oswend Road") | .per_km_month] | max' sliced/street_density.geojson)
    jq -n -e "($sliced / $whole) | . > 0.9 and . < 1.3"
    ogrinfo -so sliced/layers.gpkg street_density_08 | grep -q "Multi Line String"
    grep -q "street_density_08" sliced/map.html
    castmap map --for internal --layer street_slices -o slices.pdf > /dev/null
    pdftotext slices.pdf - | grep -q "2026-04-01 to 2026-06-30"
    castmap map --for internal --layer street_density_02 -o one.svg > /dev/null
    for audience in partner public; do
        for layer in street_slices street_density_02; do
            both castmap map --for $audience --layer $layer -o no.pdf
            [ "$status" -eq 7 ]
        done
    done
    # the newest search has none
    castmap routes --simulations 0 > /dev/null
    both castmap map --for internal --layer street_slices -o none.pdf
    code_is 1
    says "$err" "castmap routes --slices quarter"
    both castmap routes --slices fortnight
    code_is 2
    castmap undo "$sliced_run" > /dev/null
    [ "$(sqlite3 s.castmap.sqlite 'SELECT count(*) FROM route_slice')" -eq 0 ]
}

@test "persons in place of observations, and chance by the class of street" {
    town
    castmap --json routes > plain.json
    both castmap --json routes --persons
    code_is 0
    cp out.txt persons.json
    jq -e '.weight > .snapped and .hot_pieces == 0 and (.remarks | any(.code == "persons"))' persons.json
    jq -e '.stretches[0] | .street == "Oswend Road" and .weight > .count and (.weight / .length_m * 1000 - .per_km | fabs) < 1e-6 and (.sentence | contains(" persons on "))' persons.json
    jq -e '.weight == .snapped and (.stretches | all(.weight == .count))' plain.json
    castmap export -o out --for internal > /dev/null
    jq -e '.features[0].properties | .persons > .count' out/stretches.geojson
    [ "$(jq '[.features[].properties.persons] | add' out/street_density.geojson)" = "$(jq .weight persons.json)" ]
    [ "$(jq '[.features[].properties.p | select(. != null)] | length' out/street_density.geojson)" -eq 0 ]
    castmap --json routes --exposure main=4,residential=0.5 > classes.json
    jq -e '.stretches[0].sentence | contains("by length and class of street")' classes.json
    # a stretch of the same length on a main street has eight times as much to expect as one on a residential street
    jq -n -e '[inputs.stretches[0] | .expected / .length_m] | .[1] > .[0]' plain.json classes.json
    both castmap routes --exposure canal=2
    code_is 2
    says "$err" "lane, main, path, residential"
    says "$err" "no street is of the class \"canal\""
    both castmap routes --exposure primary
    code_is 2
}

@test "partners get named streets inside shown squares, and no figure of a street" {
    town
    castmap routes > /dev/null
    castmap export -o out --for partner > /dev/null
    [ "$(jq '.features | length' out/stretches.geojson)" -gt 3 ]
    [ "$(jq -c '[.features[].properties | keys[]] | unique' out/stretches.geojson)" = '["street"]' ]
    both castmap map -o no.pdf --layer street_density --for partner
    [ "$status" -ne 0 ]
    says "$err" "for the group itself alone"
    # the same release again says the same
    cp out/stretches.geojson first.geojson
    castmap routes --snap 20m > /dev/null
    castmap export -o out2 --for partner > /dev/null
    cmp first.geojson out2/stretches.geojson
}

@test "without streets, or far from them, it says what to do" {
    castmap init e.castmap.sqlite > /dev/null
    castmap import "$SAMPLE/observations.csv" > /dev/null || [ $? -eq 3 ]
    both castmap routes
    [ "$status" -ne 0 ]
    says "$err" "castmap streets add"
    printf '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[-4.5,53.5],[-4.51,53.5]]}}]}' > far.geojson
    castmap streets add far.geojson > /dev/null
    both castmap routes
    [ "$status" -ne 0 ]
    says "$err" "no observation is within 50 m of a street"
    both castmap routes --form continuous --kernel gaussian
    [ "$status" -ne 0 ]
}

@test "stretches go when their streets go" {
    town
    castmap routes > /dev/null
    castmap log --json > log.json
    streets=$(jq '[.. | objects | select(.kind? == "streets") | .number] | first' log.json)
    both castmap undo "$streets"
    code_is 0
    both castmap routes
    says "$err" "the project has no streets"
}

@test "real streets end to end: Leeds, geodanet, Bristol with the police month" {
    data=$CASTMAP_TOP/../shared/data
    [ -d "$data/network" ] || skip "skipped: the folder of real data is not here"
    # Leeds: observations made here, 40 of them along one street of the extract
    ogr2ogr -f GeoJSON ways.geojson "$data/network/leeds_its-example.osm.pbf" lines -where "highway is not null"
    jq -r '[.features[].geometry.coordinates] as $all
           | ([.features[] | select(.properties.name == "Blenheim Walk") | .geometry.coordinates]) as $one
           | "id,lat,lon,date",
             (range(60) as $k | ($all[$k * 3 % ($all | length)])[0] | "\($k),\(.[1]),\(.[0]),2025-0\(1 + $k % 9)-15"),
             (range(40) as $k | $one[$k % 2] | .[$k % (length - 1)] as $a | .[$k % (length - 1) + 1] as $b
              | (($k % 10) / 10) as $t | "\(100 + $k),\($a[1] + $t * ($b[1] - $a[1])),\($a[0] + $t * ($b[0] - $a[0])),2025-0\(1 + $k % 9)-16")' \
        ways.geojson > leeds.csv
    castmap init leeds.castmap.sqlite > /dev/null
    castmap -p leeds.castmap.sqlite import leeds.csv > /dev/null
    castmap -p leeds.castmap.sqlite streets add "$data/network/leeds_its-example.osm.pbf" > /dev/null
    castmap -p leeds.castmap.sqlite routes --json | jq -e '.snapped == 100 and .stretches[0].street == "Blenheim Walk" and .stretches[0].hot'
    castmap -p leeds.castmap.sqlite export -o leeds --for internal > /dev/null
    grep -q "Blenheim Walk" leeds/map.html
    grep -q "OpenStreetMap contributors" leeds/map.html

    castmap init geodanet.castmap.sqlite > /dev/null
    ogr2ogr -f CSV -t_srs EPSG:4326 -lco GEOMETRY=AS_XY crimes.csv "$data/network/geodanet_crimes.gpkg"
    castmap -p geodanet.castmap.sqlite streets add "$data/network/geodanet_streets.gpkg" --crs ESRI:102649 > /dev/null
    castmap -p geodanet.castmap.sqlite import crimes.csv > /dev/null
    castmap -p geodanet.castmap.sqlite routes --json > geodanet.json
    # 28 of the 287 lie on one and the same position: nothing says that it is exact
    [ "$(jq -c '[.observations, .snapped, .too_far, .vague, ([.stretches[] | select(.hot)] | length)]' geodanet.json)" = '[287,234,25,28,7]' ]
    castmap -p geodanet.castmap.sqlite export -o geodanet --for internal > /dev/null
    [ "$(ogrinfo -so geodanet/layers.gpkg stretches | grep -c "Feature Count: 10")" -eq 1 ]
    # numbers on the sheet, the list beside it, and the streets fill the frame where there are no boundaries
    castmap -p geodanet.castmap.sqlite map -o geodanet.pdf --layer stretches --for internal > /dev/null
    pdftotext geodanet.pdf - > words.txt
    grep -q "Observations on the stretches" words.txt
    [ "$(grep -cx "[1-7]" words.txt)" -ge 14 ]
    scale=$(sed -n 's/^About 1 : \([0-9,]*\) when.*/\1/p' words.txt | tr -d ,)
    [ "$scale" -lt 20000 ]

    castmap init avon.castmap.sqlite > /dev/null
    castmap -p avon.castmap.sqlite import "$data/observations/2021-09-avon-and-somerset-street.csv" > /dev/null || [ $? -eq 3 ]
    castmap -p avon.castmap.sqlite streets add "$data/network/bristol_ways_osm.gpkg" > /dev/null
    # points that the publisher moved support no claim about a street: refused, or counted without a test
    both castmap -p avon.castmap.sqlite routes
    [ "$status" -ne 0 ]
    says "$err" "cannot say which street"
    castmap -p avon.castmap.sqlite routes --shared-points --json > avon.json
    [ "$(jq -c '[.observations, .snapped + .too_far + .vague + .shared, .snapped, .shared]' avon.json)" = '[13595,13595,2153,0]' ]
    jq -e '.hot_pieces == 0 and (.stretches | length > 0) and (.stretches | all(.p == null and (.hot | not))) and (.remarks | any(.code == "shared-points"))' avon.json
    castmap -p avon.castmap.sqlite export -o avon --for internal > /dev/null
    jq -e '.features | length >= 10' avon/stretches.geojson
    # more ways than can be walked: all at once, within seconds; adaptive radii cannot be
    castmap -p avon.castmap.sqlite routes --shared-points --simulations 0 --form continuous --radius 300m --json | jq -e '.highest_per_km > 200 and .highest_per_km < 250'
    castmap -p avon.castmap.sqlite routes --shared-points --simulations 0 --form continuous --radius 300m --kernel uniform --json | jq -e '.highest_per_km > 115 and .highest_per_km < 125'
    both castmap -p avon.castmap.sqlite routes --shared-points --simulations 0 --form continuous --radius 300m --adaptive
    code_is 4
    says "$err" "too many ways"
}
