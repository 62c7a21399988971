#!/usr/bin/env bats
# Recorded tracks out of the lines of a GeoPackage, FlatGeobuf or Shapefile.
load helper

# Four features of three people, the last in two lines; no two points are alike.
lines() {
    awk 'function line(n, y) { printf "["; for (k = 0; k < n; k++) printf "%s[%.5f,%.5f]", (k ? "," : ""), -4.08 + 0.0003 * k, y; printf "]" }
    BEGIN {
        print "{\"type\":\"FeatureCollection\",\"features\":["
        for (i = 0; i < 3; i++) {
            printf "%s{\"type\":\"Feature\",\"properties\":{\"who\":\"%s\"},\"geometry\":{\"type\":\"LineString\",\"coordinates\":", (i ? ",\n" : ""), (i < 2 ? "Ada" : "Ben")
            line(100, 53.75 + 0.001 * i); printf "}}"
        }
        printf ",\n{\"type\":\"Feature\",\"properties\":{\"who\":\"Cy\"},\"geometry\":{\"type\":\"MultiLineString\",\"coordinates\":["
        line(20, 53.76); printf ","; line(20, 53.77)
        print "]}}]}"
    }' >lines.geojson
    castmap init town >/dev/null 2>&1
}

@test "tracks of layers: each form gives the fixes, pieces and people of its lines" {
    lines
    ogr2ogr -f GPKG lines.gpkg lines.geojson -nln walks -nlt MULTILINESTRING
    ogr2ogr -f FlatGeobuf lines.fgb lines.geojson -nln walks -nlt MULTILINESTRING
    ogr2ogr -f 'ESRI Shapefile' lines.shp lines.geojson
    zip -q lines.zip lines.shp lines.shx lines.dbf lines.prj
    for file in lines.gpkg lines.fgb lines.shp lines.zip; do
        both castmap tracks add -n $file --json
        code_is 0
        jq -e '.read == 340 and .stored == 340 and .tracks == 4 and .pieces == 5 and .people == 3 and .untimed == 340' out.txt
        jq -e '[.guesses[] | select(.what == "person") | .value] == ["who"]' out.txt
    done
}

@test "tracks of layers: another coordinate system is brought to degrees; one that is not said is asked for" {
    lines
    ogr2ogr -f GPKG national.gpkg lines.geojson -nln walks -t_srs EPSG:27700
    castmap tracks add national.gpkg --json >there.txt 2>/dev/null
    jq -e '[.guesses[] | select(.what == "coordinate system") | .value] == ["EPSG:27700"]' there.txt
    castmap streets add lines.geojson >/dev/null 2>&1
    # back on the lines that the streets are made of: within a metre of them, the trip through the other system and all
    castmap tracks run -n --trim 1m --json >run.txt 2>/dev/null
    jq -e '.distance_median_m < 5 and .off_the_streets == 0' run.txt
    ogr2ogr -f 'ESRI Shapefile' bare.shp lines.geojson -t_srs EPSG:32630
    rm -f bare.prj
    both castmap tracks add -n bare.shp
    code_is 4
    says "$err" "--crs EPSG:27700"
    both castmap tracks add -n bare.shp --crs EPSG:32630 --json
    code_is 0
    jq -e '.stored == 340' out.txt
}

@test "tracks of layers: a measure is a time where it can be one, a column says which recording, several layers are asked for" {
    lines
    printf 'trip,who,WKT\n1,Ada,"LINESTRING M (-4.08 53.75 1740823200,-4.079 53.75 1740823260,-4.078 53.75 1740823320)"\n1,Ada,"LINESTRING M (-4.07 53.75 1740826800,-4.069 53.75 1740826860)"\n2,Ben,"LINESTRING M (-4.08 53.76 10,-4.079 53.76 20)"\n' >timed.csv
    ogr2ogr -f GPKG timed.gpkg timed.csv -oo GEOM_POSSIBLE_NAMES=WKT -oo KEEP_GEOM_COLUMNS=NO -a_srs EPSG:4326 -nln timed -nlt LINESTRINGM
    both castmap tracks add -n timed.gpkg --json
    code_is 0
    jq -e '.stored == 7 and .tracks == 2 and .untimed == 2 and .pieces == 3 and .people == 2' out.txt
    both castmap tracks add -n timed.gpkg
    says "$out$err" "recorded from 2025-03-01 to 2025-03-01"
    ogr2ogr -f GPKG two.gpkg lines.geojson -nln first -nlt MULTILINESTRING
    ogr2ogr -f GPKG two.gpkg lines.geojson -update -nln second -nlt MULTILINESTRING
    both castmap tracks add -n two.gpkg
    code_is 4
    says "$err" "several layers"
    both castmap tracks add -n two.gpkg --layer second --json
    code_is 0
    jq -e '.stored == 340' out.txt
    printf '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[-4,53]}}]}' >points.geojson
    ogr2ogr -f GPKG points.gpkg points.geojson
    both castmap tracks add -n points.gpkg
    code_is 4
    says "$err" "no layer holds lines"
}
