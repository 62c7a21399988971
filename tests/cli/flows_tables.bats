#!/usr/bin/env bats
# Movements from every kind of table, and the account of each: read = taken + duplicate + quarantined, the refused kept word for word.
load helper

# Three areas side by side, about 1.3 km wide each, and a project that knows them.
setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    cat >three.geojson <<'JSON'
{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"WD25CD":"X1","WD25NM":"West"},"geometry":{"type":"Polygon","coordinates":[[[-4.12,53.74],[-4.10,53.74],[-4.10,53.76],[-4.12,53.76],[-4.12,53.74]]]}},
{"type":"Feature","properties":{"WD25CD":"X2","WD25NM":"Middle"},"geometry":{"type":"Polygon","coordinates":[[[-4.10,53.74],[-4.08,53.74],[-4.08,53.76],[-4.10,53.76],[-4.10,53.74]]]}},
{"type":"Feature","properties":{"WD25CD":"X3","WD25NM":"East"},"geometry":{"type":"Polygon","coordinates":[[[-4.08,53.74],[-4.06,53.74],[-4.06,53.76],[-4.08,53.76],[-4.08,53.74]]]}}]}
JSON
    castmap init town >/dev/null 2>&1
    castmap boundaries add three.geojson >/dev/null 2>&1
}

lines() {
    cat >lines.geojson <<'JSON'
{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"date":"2025-01-10"},"geometry":{"type":"LineString","coordinates":[[-4.11,53.75],[-4.09,53.755],[-4.07,53.75]]}},
{"type":"Feature","properties":{"date":"2025-01-11"},"geometry":{"type":"MultiLineString","coordinates":[[[-4.11,53.75],[-4.09,53.75]]]}},
{"type":"Feature","properties":{"date":"2025-01-12"},"geometry":{"type":"LineString","coordinates":[[-4.09,53.75],[-4.07,53.75]]}},
{"type":"Feature","properties":{"date":"2025-01-13"},"geometry":{"type":"Point","coordinates":[-4.09,53.75]}},
{"type":"Feature","properties":{"date":"2025-01-14"},"geometry":{"type":"LineString","coordinates":[[-4.09,53.75]]}},
{"type":"Feature","properties":{"date":"2025-01-15"},"geometry":{"type":"MultiLineString","coordinates":[[[-4.11,53.75],[-4.09,53.75]],[[-4.09,53.75],[-4.07,53.75]]]}},
{"type":"Feature","properties":{"date":"2025-01-16"},"geometry":null}]}
JSON
}

# The flows of out.txt as "X1>X2=3 ..."
pairs() {
    jq -r '[.flows[] | "\(.from)>\(.to)=\(.movements)"] | sort | join(" ")' out.txt
}

@test "tables: a workbook, a sheet of ODS and standard input hold the same movements as the CSV" {
    printf 'from,to,date,people\nX1,Middle,2025-01-10,2\nX2,East,2025-01-11,1\nX1,X2,2025-01-12,1\n' >moves.csv
    ogr2ogr -f XLSX moves.xlsx moves.csv -oo AUTODETECT_TYPE=YES
    ogr2ogr -f ODS moves.ods moves.csv -oo AUTODETECT_TYPE=YES
    for file in moves.csv moves.xlsx moves.ods; do
        both castmap flows "$file" --json
        code_is 0
        [ "$(pairs)" = "X1>X2=2 X2>X3=1" ]
        jq -e '.read == 3 and .taken == 3 and .flows[0].persons == 3 and .undated == 0' out.txt
    done
    sqlite3 town.castmap.sqlite 'SELECT count(DISTINCT digest) FROM flow_layer' | grep -qx 1
    castmap flows - --json <moves.csv >out.txt 2>/dev/null
    [ "$(pairs)" = "X1>X2=2 X2>X3=1" ]
    castmap flows - --json <moves.xlsx >out.txt 2>/dev/null
    [ "$(pairs)" = "X1>X2=2 X2>X3=1" ]
    gzip -k moves.csv
    both castmap flows moves.csv.gz --json
    [ "$(pairs)" = "X1>X2=2 X2>X3=1" ]
    sqlite3 town.castmap.sqlite 'SELECT count(DISTINCT sha256) FROM batch' | grep -qx 4
}

@test "tables: lines of GeoJSON and GeoPackage go from where they begin to where they end; what is no line is told" {
    lines
    both castmap flows lines.geojson --json
    code_is 3
    [ "$(pairs)" = "X1>X2=1 X1>X3=1 X2>X3=1" ]
    jq -e '.read == 7 and .taken == 3 and .quarantined == 4' out.txt
    jq -e '[.reasons[].code] | sort == ["bad-position","no-position","not-a-line"]' out.txt
    jq -e '.reasons[] | select(.code == "not-a-line") | .count == 2' out.txt
    # the same three lines in metres of the British National Grid
    ogr2ogr -f GPKG -t_srs EPSG:27700 lines.gpkg lines.geojson -where "date < '2025/01/13'" -nlt LINESTRING
    both castmap flows lines.gpkg --json
    code_is 0
    [ "$(pairs)" = "X1>X2=1 X1>X3=1 X2>X3=1" ]
    jq -e '.guesses[] | select(.what == "coordinate system") | .value == "EPSG:27700"' out.txt
    jq -e '[.guesses[].what] | length == (unique | length)' out.txt # each guess is said once
    both castmap flows lines.gpkg --crs EPSG:4326
    code_is 4
    says "$err" "declares EPSG:27700"
}

@test "tables: a point is the end that no column says; a table of a GeoPackage needs no geometry" {
    cat >points.geojson <<'JSON'
{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"to":"X3"},"geometry":{"type":"Point","coordinates":[-4.11,53.75]}},
{"type":"Feature","properties":{"to":"X3"},"geometry":{"type":"Point","coordinates":[-4.09,53.75]}},
{"type":"Feature","properties":{"to":"X3"},"geometry":{"type":"Polygon","coordinates":[]}}]}
JSON
    both castmap flows points.geojson --json
    code_is 3
    [ "$(pairs)" = "X1>X3=1 X2>X3=1" ]
    jq -e '[.reasons[].code] == ["not-a-point"]' out.txt
    sed 's/"to"/"from"/' points.geojson >ends.geojson
    both castmap flows ends.geojson --json
    [ "$(pairs)" = "X3>X1=1 X3>X2=1" ]
    # columns that say both ends count, whatever the geometry is
    sed 's/"to":"X3"/"from":"X1","to":"X2"/' points.geojson >both.geojson
    both castmap flows both.geojson --json
    code_is 0
    [ "$(pairs)" = "X1>X2=3" ]
    printf 'from,to\nX1,X2\nX3,X2\n' >plain.csv
    ogr2ogr -f GPKG plain.gpkg plain.csv
    both castmap flows plain.gpkg --json
    code_is 0
    [ "$(pairs)" = "X1>X2=1 X3>X2=1" ]
}

@test "tables: eastings and northings of a coordinate system that is said, or of the project; x and y are degrees" {
    printf 'lon lat\n-4.11 53.75\n-4.09 53.75\n' | tail -n +2 | gdaltransform -s_srs OGC:CRS84 -t_srs EPSG:27700 -output_xy >bng.txt
    read -r x1 y1 <bng.txt
    read -r x2 y2 < <(tail -1 bng.txt)
    printf 'from_easting,from_northing,to_easting,to_northing\n%s,%s,%s,%s\n%s,%s,9999999,1\n' "$x1" "$y1" "$x2" "$y2" "$x1" "$y1" >metres.csv
    both castmap flows metres.csv --crs EPSG:27700 --json
    code_is 3
    [ "$(pairs)" = "X1>X2=1" ]
    jq -e '[.reasons[].code] == ["bad-destination"]' out.txt
    printf 'from_x,from_y,to_x,to_y\n-4.11,53.75,-4.07,53.75\n' >degrees.csv
    both castmap flows degrees.csv --json
    code_is 0
    [ "$(pairs)" = "X1>X3=1" ]
    castmap init bare >/dev/null 2>&1
    both castmap flows -p bare.castmap.sqlite metres.csv
    code_is 1
    says "$err" "castmap boundaries add"
}

@test "tables: the account is stored and equals an independent count; refused rows are listed and exported word for word" {
    cat >moves.csv <<'CSV'
id,from,to,date
1,X1,X2,2025-01-10
2,X2,X3,2025-01-10
1,X1,X2,2025-01-10
2,X2,X1,2025-01-10
3,X1,The red door,2025-01-10
4,,X2,2025-01-10
5,X1,X2,last week
6,X3
CSV
    both castmap flows moves.csv --json
    code_is 3
    jq -e '.read == 8 and .taken == 2 and .duplicate == 1 and .quarantined == 5' out.txt
    [ "$(sqlite3 town.castmap.sqlite 'SELECT read, accepted, duplicate, quarantined FROM batch')" = "8|2|1|5" ]
    # counted by hand: rows of the file, distinct good rows of two known areas, one repeated whole, the rest
    rows=$(tail -n +2 moves.csv | wc -l)
    good=$(tail -n +2 moves.csv | grep -E '^[0-9],X[123],X[123],2025' | sort -t, -u -k1,1 | wc -l)
    again=$(tail -n +2 moves.csv | sort | uniq -d | wc -l)
    [ "$rows" = 8 ] && [ "$good" = 2 ] && [ "$again" = 1 ]
    jq -e --argjson rest $((rows - good - again)) '.quarantined == $rest and ([.reasons[].count] | add) == $rest' out.txt
    both castmap quarantine list --json
    jq -e '[.rows[] | "\(.row) \(.field) \(.code)"] == ["5 id id-conflict","6 to unknown-destination","7 from no-origin","8 date bad-date","9  too-few-fields"]' out.txt
    case $out in *"red door"*) return 1 ;; esac
    castmap quarantine export -o refused.csv >/dev/null 2>&1
    grep -q '"3,X1,The red door,2025-01-10"' refused.csv
    both castmap quarantine export --to-mend -o mend.csv
    code_is 1
    says "$err" "bring it in again"
    both castmap list --json
    jq -e '.batches[0] | .of == "movements" and .format == "movements CSV" and .read == 8 and .quarantined == 5' out.txt
    both castmap info --json
    jq -e '.observations == 0 and .flow_layers == 1 and .movements == 2 and .quarantined == 5' out.txt
    both castmap list layers --json
    jq -e '.layers[0].kind == "flows"' out.txt
    both castmap check
    case $out in *account*) return 1 ;; esac
    castmap undo >/dev/null 2>&1
    sqlite3 town.castmap.sqlite 'SELECT (SELECT count(*) FROM batch) + (SELECT count(*) FROM quarantine) + (SELECT count(*) FROM reason)' | grep -qx 0
    if grep -qa "red door" town.castmap.sqlite; then return 1; fi
}

@test "tables: with --strict one refused row refuses the table; a dry run keeps nothing; id= says that a column is no id" {
    printf 'id,from,to\nA,X1,X2\nA,X2,X3\n' >moves.csv
    both castmap flows moves.csv --strict
    code_is 4
    says "$err" "moves.csv:3"
    both castmap flows -n moves.csv
    code_is 3
    both castmap flows moves.csv --map id= --json
    code_is 0
    jq -e '.taken == 2 and .duplicate == 0' out.txt
    sqlite3 town.castmap.sqlite 'SELECT count(*) FROM batch' | grep -qx 1
}

@test "tables: several stops in a row are one journey; empty stops are none, and an unknown one sets the row aside" {
    printf 'stop_1,stop_2,stop_3,stop_4\nX1,X2,X3,\nX1,X2,,X3\nX1,X2,X3,X1\nX1,Nowhere,X3,\nX2,,,\n' >stops.csv
    both castmap flows stops.csv --json
    code_is 3
    jq -e '.read == 5 and .taken == 3 and .quarantined == 2 and .used == 7 and .journeys == 3' out.txt
    jq -e '.corridors == [{"stops":["X1","X2","X3"],"journeys":3,"passes":3}]' out.txt
    jq -e '[.reasons[].code] | sort == ["no-destination","unknown-stop"]' out.txt
    [ "$(pairs)" = "X1>X2=3 X2>X3=3 X3>X1=1" ]
    both castmap check
    case $out in *account*) return 1 ;; esac
    printf 'a,b,c\nX1,X2,X3\n' >named.csv
    both castmap flows named.csv --map stop=a --map stop=b --map stop=c --json
    code_is 0
    [ "$(pairs)" = "X1>X2=1 X2>X3=1" ]
    # runs over observations do not depend on movements
    castmap import "$SAMPLE/observations.csv" >/dev/null 2>&1 || true
    castmap cluster --radius 200m --min 10 >/dev/null 2>&1
    number=$(castmap list layers --json | jq '[.layers[] | select(.kind == "flows")][-1].number')
    castmap undo "$number" >/dev/null 2>&1
    castmap list layers --json | jq -e '[.layers[] | select(.kind == "cluster")] | length == 1'
}

@test "tables: lines of KML and KMZ begin and end a movement; what is no such line is set aside with its reason" {
    cat >moves.kml <<'KML'
<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder><name>trips</name>
<Placemark><name>one</name><ExtendedData><Data name="date"><value>2025-01-10</value></Data><Data name="persons"><value>3</value></Data></ExtendedData><LineString><coordinates>A 9.0,9.0 B,12</coordinates></LineString></Placemark>
<Placemark><name>back</name><LineString><coordinates>
 B,0
 A,0
</coordinates></LineString></Placemark>
<Placemark><name>one point</name><LineString><coordinates>A</coordinates></LineString></Placemark>
<Placemark><name>no number</name><LineString><coordinates>A x,y</coordinates></LineString></Placemark>
<Placemark><name>several</name><MultiGeometry><LineString><coordinates>A B</coordinates></LineString><LineString><coordinates>B A</coordinates></LineString></MultiGeometry></Placemark>
<Placemark><name>area</name><Polygon><outerBoundaryIs><LinearRing><coordinates>A B A</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>
</Folder></Document></kml>
KML
    sed -i '/<coordinates>/s/\bA\b/-4.11,53.75/g; /<coordinates>/s/\bB\b/-4.07,53.75/g; s/^ A,0/ -4.11,53.75,0/; s/^ B,0/ -4.07,53.75,0/' moves.kml
    both castmap flows -n moves.kml --json
    code_is 3
    jq -e '.read == 6 and .taken == 2 and .quarantined == 4' out.txt
    jq -e '[.flows[] | "\(.from)>\(.to) \(.persons)"] | sort == ["X1>X3 3","X3>X1 1"]' out.txt
    jq -e '[.reasons[].code] | sort == ["bad-number","no-position","not-a-line","not-a-point"]' out.txt
    zip -q moves.kmz moves.kml
    both castmap flows -n moves.kmz --json
    jq -e '.taken == 2' out.txt
    # points of a KML remain what they were, and its lines no observations
    both castmap import -n moves.kml
    says "$out" "the geometry is not a point"
}
