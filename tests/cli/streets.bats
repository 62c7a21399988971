#!/usr/bin/env bats
# castmap streets: what becomes a street, where streets meet, what is refused.

load helper

setup() {
    cd "$BATS_TEST_TMPDIR"
    castmap init streets.castmap.sqlite > /dev/null
    cat > town.geojson << 'EOF'
{"type": "FeatureCollection", "features": [
{"type": "Feature", "properties": {"name": "High Street", "highway": "residential"}, "geometry": {"type": "LineString", "coordinates": [[-1.50, 53.80], [-1.49, 53.80], [-1.48, 53.80]]}},
{"type": "Feature", "properties": {"name": "Mill Lane", "highway": "residential", "oneway": "yes"}, "geometry": {"type": "LineString", "coordinates": [[-1.49, 53.80], [-1.49, 53.81]]}},
{"type": "Feature", "properties": {"name": "By-pass", "highway": "primary", "bridge": "yes", "layer": "1"}, "geometry": {"type": "LineString", "coordinates": [[-1.49, 53.79], [-1.49, 53.80], [-1.485, 53.805]]}},
{"type": "Feature", "properties": {"name": "Cut", "highway": "footway"}, "geometry": {"type": "LineString", "coordinates": [[-1.485, 53.795], [-1.485, 53.803]]}},
{"type": "Feature", "properties": {"name": "Planned Road", "highway": "proposed"}, "geometry": {"type": "LineString", "coordinates": [[-1.47, 53.80], [-1.48, 53.80]]}},
{"type": "Feature", "properties": {"name": "A yard", "highway": "service", "access": "private"}, "geometry": {"type": "LineString", "coordinates": [[-1.48, 53.80], [-1.48, 53.801]]}},
{"type": "Feature", "properties": {"name": "A tree"}, "geometry": {"type": "Point", "coordinates": [-1.48, 53.80]}},
{"type": "Feature", "properties": {"name": "Nowhere"}, "geometry": null}
]}
EOF
}

@test "streets meet at vertices in common, bridges pass over, what is no street is counted" {
    both castmap --json streets add town.geojson
    code_is 3
    cp out.txt out.json
    [ "$(jq -c '[.features, .used, .left_out, .refused_count, .edges, .one_way, .kept_apart, .parts, .names]' out.json)" = '[8,4,2,2,5,1,1,3,4]' ]
    jq -e '.refused[0].note | contains("is not a line")' out.json
    jq -e '.refused[1].note | contains("has no geometry")' out.json
    both castmap streets list
    code_is 0
    says "$out$err" "town.geojson"
}

@test "crossings are junctions only when asked, and only on one level" {
    both castmap --json streets add --at-crossings town.geojson
    code_is 3
    cp out.txt out.json
    [ "$(jq -c '[.crossings, .parts]' out.json)" = '[1,2]' ]
}

@test "cars take no footpath" {
    both castmap --json streets add --use car town.geojson
    code_is 3
    [ "$(echo "$out" | jq -c '[.used, .left_out]')" = '[3,3]' ]
}

@test "a dry run stores nothing, and an undo takes the streets back" {
    both castmap streets add -n town.geojson
    code_is 3
    both castmap streets list
    code_is 0
    says "$out$err" "no streets yet"
    both castmap streets add town.geojson
    code_is 3
    both castmap undo
    code_is 0
    both castmap streets list
    code_is 0
    says "$out$err" "no streets yet"
}

@test "files that hold no street are refused with what to do" {
    printf 'a,b\n1,2\n' > table.csv
    both castmap streets add table.csv
    code_is 4
    says "$out$err" "not a street file"
    says "$out$err" "to do:"
    printf '{"type": "FeatureCollection", "features": []}' > empty.geojson
    both castmap streets add empty.geojson
    code_is 4
    printf '\0\0\0\x0d\x0a\x09OSMHeader\x18\x7f' > cut.osm.pbf
    both castmap streets add cut.osm.pbf
    code_is 4
    says "$out$err" "cut.osm.pbf"
    both castmap streets add town.geojson --name nosuch
    code_is 2
    says "$out$err" "nosuch"
}

@test "an OpenStreetMap extract, and a GeoPackage" {
    data=$CASTMAP_TOP/../shared/data/network
    [ -d "$data" ] || skip "skipped: the folder of real data is not here"
    both castmap --json streets add "$data/leeds_its-example.osm.pbf"
    code_is 0
    cp out.txt out.json
    [ "$(jq -c '[.features, .used, .left_out, .edges, .one_way, .parts]' out.json)" = '[184,177,7,305,26,6]' ]
    jq -e '.length_m > 10700 and .length_m < 10900' out.json
    castmap streets list --json | jq -e '.streets[0].licence | contains("ODbL")'
    both castmap --json streets add "$data/bristol_ways_osm.gpkg"
    code_is 0
    [ "$(echo "$out" | jq -c '[.features, .used, .left_out]')" = '[6160,5143,1017]' ]
}
