#!/usr/bin/env bats
# Every observation file, messy file and hostile file of the shared data folder through import: taken or refused as its README says, rows counted a second time here.
load helper

setup_file() {
    export DATA=${CASTMAP_SHARED_DATA:-$CASTMAP_TOP/../shared/data}
    export CASTMAP_TOP=${CASTMAP_TOP:-$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}
    [ -d "$DATA" ] || export DATA=$CASTMAP_TOP/../shared/data
}

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    [ -d "$DATA/messy" ] || skip "the shared data folder is not here"
    command -v python3 >/dev/null && command -v jq >/dev/null || skip "python3 or jq is not here"
    castmap -q init empty >/dev/null
}

# Records as another reader sees them: rows of CSV, waypoints, placemarks, features.
records_of() {
    python3 - "$1" <<'PY'
import csv, gzip, io, json, sys
import xml.etree.ElementTree as tree
path = sys.argv[1]
csv.field_size_limit(1 << 30)
if path.endswith((".gpx", ".kml")):
    wanted = "wpt" if path.endswith(".gpx") else "Placemark"
    print(sum(1 for e in tree.parse(path).iter() if e.tag.rsplit("}", 1)[-1] == wanted))
elif path.endswith(".geojson"):
    print(len(json.load(open(path, encoding="utf-8"))["features"]))
else:
    raw = gzip.open(path).read() if path.endswith(".gz") else open(path, "rb").read()
    print(sum(1 for row in csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""))) - 1)
PY
}

# Row by row, as another reader sees the table: what was accepted has the place of its row, what was set aside has its text to the byte, and no row is missing.
row_by_row() { # file, columns of longitude and latitude
    python3 - "$1" "$2" "$3" <<'PY'
import csv, gzip, io, sqlite3, sys
raw = (gzip.open if sys.argv[1].endswith(".gz") else open)(sys.argv[1], "rb").read()
rows = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""))
head = next(rows)
lon, lat = head.index(sys.argv[2]), head.index(sys.argv[3])
lines = raw.split(b"\n")
project = sqlite3.connect("town.castmap.sqlite")
accepted = {row: (x, y) for row, x, y in project.execute("SELECT row, lon, lat FROM observation")}
aside = dict(project.execute("SELECT row, text FROM quarantine"))
number = 1
for row in rows:
    number += 1
    if number in aside:
        text = aside.pop(number)
        assert bytes(text if isinstance(text, bytes) else text.encode()) == lines[number - 1].rstrip(b"\r"), "row %d of quarantine is not as it was" % number
    else:
        place = accepted.pop(number)
        assert place == (float(row[lon]), float(row[lat])), "row %d lies elsewhere" % number
assert not aside and not accepted, "rows that the file does not have"
PY
}

goes_in() { # code, read accepted duplicate quarantined, reasons (code=count,...), file
    local file=$DATA/$4 got
    cp empty.castmap.sqlite town.castmap.sqlite
    status=0
    castmap -q -p town.castmap.sqlite --json import "$file" >out.txt 2>err.txt || status=$?
    code_is "$1" || { echo "$4" >&2; return 1; }
    got=$(jq -r '.total | "\(.read) \(.accepted) \(.duplicate) \(.quarantined)"' out.txt)
    [ "$got" = "$2" ] || { echo "$4: rows $got, not $2" >&2; return 1; }
    got=$(jq -r '.files[0].reasons | map("\(.code)=\(.count)") | join(",")' out.txt)
    [ "$got" = "$3" ] || { echo "$4: reasons $got, not $3" >&2; return 1; }
    got=$(records_of "$file")
    [ "$got" -eq "${2%% *}" ] || { echo "$4: another reader counts $got" >&2; return 1; }
    # What lies in the project is what was said.
    got=$(sqlite3 town.castmap.sqlite "SELECT (SELECT count(*) FROM observation) || ' ' || (SELECT count(*) FROM quarantine)")
    [ "$got" = "$(cut -d' ' -f2 <<<"$2") ${2##* }" ] || { echo "$4: the project holds $got" >&2; return 1; }
}

is_refused() { # words, file: the whole file, and the project stays as it was
    cp empty.castmap.sqlite town.castmap.sqlite
    status=0
    castmap -q -p town.castmap.sqlite import "$DATA/$2" >out.txt 2>err.txt || status=$?
    code_is 4 || { echo "$2" >&2; return 1; }
    says "$(cat err.txt)" "$1" || { echo "$2" >&2; return 1; }
    cmp -s empty.castmap.sqlite town.castmap.sqlite || { echo "$2 changed the project" >&2; return 1; }
}

@test "observations: every row of the police files is taken or set aside for want of a place" {
    goes_in 3 "14661 13595 0 1066" no-position=1066 observations/2021-09-avon-and-somerset-street.csv
    row_by_row "$DATA/observations/2021-09-avon-and-somerset-street.csv" Longitude Latitude
    goes_in 3 "86433 80876 0 5557" no-position=5557 observations/avon-and-somerset_2021-04_2021-09.csv.gz
    row_by_row "$DATA/observations/avon-and-somerset_2021-04_2021-09.csv.gz" Longitude Latitude
    goes_in 3 "620495 563363 0 57132" no-position=57132 observations/avon-and-somerset_2018-01_2021-09_slim.csv.gz
    row_by_row "$DATA/observations/avon-and-somerset_2018-01_2021-09_slim.csv.gz" Longitude Latitude
}

@test "observations: counts by area have no places and are refused as a whole" {
    is_refused "no columns say where" observations/fixmystreet_lad_2018.csv
    is_refused "no columns say where" observations/fixmystreet_lsoa_2018.csv
}

@test "messy/odk: form exports" {
    goes_in 0 "4 4 0 0" "" messy/odk/odk_geolocation_form.csv
    goes_in 0 "8 8 0 0" "" messy/odk/odk_bad_data.csv
    jq -e '.files[0].notes | map(.code) | index("odd-altitude") != null' out.txt # 100 km up: said
    goes_in 3 "9 8 0 1" far-position=1 messy/odk/odk_good.csv
    goes_in 3 "2 1 0 1" no-position=1 messy/odk/odk_empty_geoms.csv
    goes_in 3 "2 0 0 2" bad-number=2 messy/odk/odk_export.kml
    is_refused "have the same name" messy/odk/odk_non_utf8.csv
    is_refused "no columns say where" messy/odk/odk_transportation_all.csv
}

@test "messy/gpx: waypoints are observations, of tracks the note names the command that reads them" {
    for file in around-visnjan-with-car custom_schema_locations empty_trk osm track-with-empty-segment track-with-extremes; do
        goes_in 0 "0 0 0 0" "" messy/gpx/$file.gpx
        jq -e '.files[0].notes[] | select(.code == "tracks-passed-over" or .code == "no-rows")' out.txt >/dev/null
    done
    goes_in 0 "2 2 0 0" "" messy/gpx/gpx1.0_with_all_fields.gpx
    says "$(jq -r '.files[0].notes[] | select(.code == "tracks-passed-over") | .reason' out.txt)" "castmap tracks add"
    goes_in 0 "1 1 0 0" "" messy/gpx/gpx_with_garmin_extension.gpx
    goes_in 0 "2 2 0 0" "" messy/gpx/korita-zbevnica.gpx
    goes_in 0 "1 1 0 0" "" messy/gpx/unicode_with_bom.gpx
    goes_in 0 "40 40 0 0" "" messy/gpx/wpt.gpx
}

@test "messy/kml: placemarks that are points are observations, others are set aside" {
    goes_in 3 "15 0 0 15" not-a-point=15 messy/kml/addresses.kml
    goes_in 0 "1 1 0 0" "" messy/kml/cdata.kml
    goes_in 0 "1 1 0 0" "" messy/kml/extended_data.kml
    goes_in 3 "1 0 0 1" not-a-point=1 messy/kml/gxtrack.kml
    goes_in 3 "1 0 0 1" not-a-point=1 messy/kml/multigeometry.kml
    goes_in 3 "1 0 0 1" no-position=1 messy/kml/nogeomplacemark.kml
    goes_in 3 "1 0 0 1" not-a-point=1 messy/kml/noname.kml
    goes_in 0 "2 2 0 0" "" messy/kml/simpledata.kml
    goes_in 3 "1 0 0 1" not-a-point=1 messy/kml/timespan.kml
}

@test "none of the observation files and messy files was forgotten" {
    for file in "$DATA"/observations/* "$DATA"/messy/*/*; do
        case $file in
            */gpx/*) name=$(basename "$file" .gpx) ;;
            *) name=$(basename "$file") ;;
        esac
        grep -q "$name" "$BATS_TEST_FILENAME" || { echo "$file is in no test here" >&2; return 1; }
    done
}

@test "hostile/geojson: collections are gone through feature by feature, everything else is refused" {
    goes_in 3 "1 0 0 1" not-a-point=1 hostile/geojson/bad_badcoordtype.geojson
    goes_in 0 "1 1 0 0" "" hostile/geojson/bad_badfeatureid.geojson
    goes_in 3 "1 0 0 1" not-a-feature=1 hostile/geojson/bad_nofeaturetype.geojson
    goes_in 3 "2 1 0 1" bad-number=1 hostile/geojson/bad_stringcoord.geojson
    goes_in 0 "2 2 0 0" "" hostile/geojson/good_good-featurecollection-bbox3d.geojson
    goes_in 3 "3 1 0 2" not-a-point=2 hostile/geojson/good_good-featurecollection.geojson
    goes_in 3 "1 0 0 1" no-position=1 hostile/geojson/good_nullgeometry.geojson
    is_refused "the same member twice (byte 37)" hostile/geojson/bad_bad-duplicate-properties.geojson
    is_refused "(byte 32)" hostile/geojson/bad_bad-json.geojson
    is_refused '"features" is not an array' hostile/geojson/bad_featurecollection-obj.geojson
    is_refused 'without "features"' hostile/geojson/bad_featurecollection.geojson
    is_refused "no columns say where" hostile/geojson/bad_rootstring.geojson
    for name in bad_bad-properties-as-array bad_point-labeled-as-a-multipolygon good_good-feature good_good-feature-with-id; do
        is_refused "a single Feature, not a FeatureCollection" hostile/geojson/$name.geojson
    done
    for name in bad_bad-polygon-interiorring-rhr bad_bbox-contains-string bad_different-first-last bad_excessive_precision_truncated bad_false \
        bad_geometry_changed_semantics bad_geometrycollection_single bad_multipoint-multidimension bad_point-toofew bad_point bad_short-linearring \
        good_good-linestring good_good-multipoint good_good-point good_issue82; do
        is_refused "not a FeatureCollection" hostile/geojson/$name.geojson
    done
    # None was forgotten: 7 of them go in, 24 do not.
    [ "$(ls "$DATA"/hostile/geojson | wc -l)" -eq 31 ]
}

@test "hostile/csv, hostile/shapefile, geos_validity: refused as a whole" {
    is_refused "no columns say where" hostile/csv/gdal_inf_nan.csv
    is_refused "no columns say where" hostile/csv/gdal_unbalanced_double_quotes.csv
    is_refused "no columns say where" hostile/geos_validity.csv
    is_refused "no layer holds points" hostile/shapefile/corrupt_too_long.shp
    is_refused "" hostile/shapefile/corrupt_too_long.shx
    is_refused "" hostile/shapefile/corrupt_too_long.dbf
    # Named as what they ought to be, their rows are told apart: a quote that is never closed refuses the file, numbers that are none refuse the row.
    cp empty.castmap.sqlite town.castmap.sqlite
    both castmap -p town.castmap.sqlite --json import "$DATA/hostile/csv/gdal_inf_nan.csv" --map lat=v --map lon=id
    code_is 3
    jq -e '.total | .read == 4 and .accepted == 1 and .quarantined == 3' out.txt
    cp empty.castmap.sqlite town.castmap.sqlite
    both castmap -p town.castmap.sqlite import "$DATA/hostile/csv/gdal_unbalanced_double_quotes.csv" --map lat=id --map lon=txt
    code_is 4
    says "$err" "quote"
}

@test "hostile/json: none of the 159 texts is taken for observations, none crashes the reader" {
    local n=0 code
    for file in "$DATA"/hostile/json/*; do
        code=0
        castmap -q -p empty.castmap.sqlite import "$file" >out.txt 2>err.txt || code=$?
        [ "$code" -eq 4 ] || { echo "$file: $code" >&2; cat err.txt >&2; return 1; }
        n=$((n + 1))
    done
    [ "$n" -eq "$(ls "$DATA"/hostile/json | wc -l)" ]
    run sqlite3 empty.castmap.sqlite "SELECT count(*) FROM batch"
    [ "$output" = 0 ]
}
