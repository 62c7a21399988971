#!/usr/bin/env bats
# Rows that were set aside go into a sheet, are mended there and come back; every one stays accounted for.
load helper

# Five rows, of which three are set aside: without a place, with a month that is none, with a field too few.
three_aside() {
    printf 'Breite;Laenge;date;category;note\n53.750012;-4.080012;2025-01-10;visitors;a\n53.750113;-4.080113;2025-01-11;visitors;b\n;;2025-01-12;visitors;"=1+1; ""so"""\n53.750214;-4.080214;2025-13-01;crowding;d\n53.750315;2025-02-01;crowding;e\n' >small.csv
    castmap init town >/dev/null 2>&1
    castmap import small.csv --map lat=Breite --map lon=Laenge --map text=note >/dev/null 2>&1 || [ $? -eq 3 ]
}

# Everything that the account is made of, without ids that are free to differ.
state() {
    sqlite3 town.castmap.sqlite "SELECT id, read, accepted, duplicate, quarantined, checksum FROM batch; SELECT batch, row, code, field, hex(text) FROM quarantine ORDER BY batch, row;
        SELECT batch, row, lon, lat, from_s, text FROM observation ORDER BY id"
}

# rows of the first batch = those accepted + set aside still + come back
sum_is_five() {
    [ "$(sqlite3 town.castmap.sqlite "SELECT accepted + duplicate + (SELECT count(*) FROM quarantine WHERE batch = 1) + (SELECT count(*) FROM mended WHERE batch = 1 AND outcome <> 'refused') FROM batch WHERE id = 1")" = 5 ]
    castmap check --rule account,store,index >/dev/null
}

@test "quarantine export --to-mend: the cells of each row, its key and its problem" {
    three_aside
    both castmap quarantine export --to-mend -o mend.csv
    code_is 0
    [ "$(stat -c %a mend.csv)" = 600 ]
    [ "$(wc -l <mend.csv)" -eq 4 ]
    says "$(head -1 mend.csv)" 'castmap_key,castmap_problem,"Breite","Laenge","date","category","note"'
    says "$(sed -n 2p mend.csv)" "\"'=1+1; \"\"so\"\"\""
    says "$(sed -n 3p mend.csv)" '53.750214,-4.080214,"2025-13-01","crowding","d"'
    both castmap quarantine export --to-mend -o mend.csv
    code_is 5
}

@test "quarantine import: what passes leaves quarantine, the rest stays with its new reason; again changes nothing; undo gives all back" {
    three_aside
    state >before.txt
    castmap quarantine export --to-mend -o mend.csv 2>/dev/null
    sed -i 's/,"","",/,53.750401,-4.080401,/; s/,,,"2025-01-12"/,53.750401,-4.080401,"2025-01-12"/; s/"2025-13-01"/"2025-14-01"/' mend.csv
    both castmap quarantine import -n mend.csv --json
    code_is 3
    jq -e '.dry_run and .accepted == 1 and .refused == 2 and .left == 3' out.txt
    state | cmp before.txt -
    both castmap quarantine import mend.csv --json
    code_is 3
    jq -e '.rows == 3 and .accepted == 1 and .duplicate == 0 and .refused == 2 and .done == 0 and .left == 2 and .origin == 1 and .batch == 2' out.txt
    sum_is_five
    castmap quarantine list --json | jq -e '[.rows[].row] == [5, 6] and .rows[0].code == "bad-date"'
    [ "$(sqlite3 town.castmap.sqlite "SELECT CAST(text AS TEXT) FROM quarantine WHERE row = 5")" = "53.750214;-4.080214;2025-14-01;crowding;d" ]
    # The guard before the formula is gone again, and the record says which sheet it came from.
    [ "$(sqlite3 town.castmap.sqlite "SELECT text FROM observation WHERE batch = 2")" = '=1+1; "so"' ]
    castmap log --json | jq -e '.runs[1].summary | contains("mend.csv, back from quarantine of batch 1")'
    state >first.txt
    runs=$(castmap info --json | jq .runs)
    both castmap quarantine import mend.csv --json
    code_is 3
    jq -e '.accepted == 0 and .duplicate == 0 and .refused == 2 and .done == 1 and .left == 2 and .run == 0' out.txt
    state | cmp first.txt -
    [ "$(castmap info --json | jq .runs)" = "$runs" ]
    # The rest, from a new sheet saved with semicolons and its columns in another order.
    castmap quarantine export --to-mend -o rest.csv 2>/dev/null
    key5=$(sed -n 2p rest.csv | cut -d, -f1 | tr -d '"')
    key6=$(sed -n 3p rest.csv | cut -d, -f1 | tr -d '"')
    printf 'note;Laenge;Breite;date;category;castmap_key\nd;-4.080214;53.750214;2025-03-01;crowding;%s\ne;-4.080315;53.750315;2025-02-01;crowding;%s\n' "$key5" "$key6" >back.csv
    both castmap quarantine import back.csv --json
    code_is 0
    jq -e '.accepted == 2 and .refused == 0 and .left == 0' out.txt
    sum_is_five
    castmap info --json | jq -e '.observations == 5 and .quarantined == 0'
    castmap undo >/dev/null
    state | cmp first.txt -
    castmap undo >/dev/null
    state | cmp before.txt -
    sum_is_five
}

@test "quarantine import: a mended row that is known already is a duplicate, and leaves quarantine" {
    three_aside
    castmap quarantine export --to-mend -o mend.csv 2>/dev/null
    key=$(sed -n 2p mend.csv | cut -d, -f1 | tr -d '"')
    printf 'castmap_key,Breite,Laenge,date,category,note\n%s,53.750012,-4.080012,2025-01-10,visitors,a\n' "$key" >same.csv
    both castmap quarantine import same.csv --json
    code_is 0
    jq -e '.accepted == 0 and .duplicate == 1 and .left == 2' out.txt
    sum_is_five
    castmap info --json | jq -e '.observations == 2'
    castmap undo 1 >/dev/null # the import takes what came back with it
    castmap info --json | jq -e '.observations == 0 and .quarantined == 0 and .batches == 0'
}

@test "quarantine import: no sheet, no key, a key of elsewhere, a key twice: refused whole, 4, nothing changed" {
    three_aside
    state >before.txt
    both castmap quarantine import small.csv
    code_is 4
    says "$err" "--to-mend"
    castmap quarantine export --to-mend -o mend.csv 2>/dev/null
    { cat mend.csv; sed -n 2p mend.csv; } >twice.csv
    both castmap quarantine import twice.csv
    code_is 4
    says "$err" "twice.csv:5:castmap_key"
    sed '3s/^"q1-5-......../"q1-5-00000000/' mend.csv >foreign.csv
    both castmap quarantine import foreign.csv
    code_is 4
    says "$err" "foreign.csv:3:castmap_key"
    sed '3s/^"[^"]*"/""/' mend.csv >without.csv
    both castmap quarantine import without.csv
    code_is 4
    both castmap quarantine import missing.csv
    code_is 5
    both castmap quarantine import -
    code_is 2
    state | cmp before.txt -
    castmap import small.csv --map lat=Breite --map lon=Laenge --map text=note >/dev/null 2>&1 || [ $? -eq 3 ]
    both castmap quarantine export --to-mend -o several.csv
    code_is 2
    says "$err" "--batch"
}

@test "a real form export: the row without a place is mended in the sheet and comes back" {
    [ -d "$CASTMAP_TOP/../shared/data/messy/odk" ] || skip "the shared data are not here"
    castmap init town >/dev/null 2>&1
    cp "$CASTMAP_TOP/../shared/data/messy/odk/odk_empty_geoms.csv" empty.csv
    castmap import empty.csv --json >first.json 2>/dev/null || [ $? -eq 3 ]
    jq -e '.files[0] | .read == 2 and .accepted == 1 and .quarantined == 1' first.json
    castmap quarantine export --to-mend -o mend.csv 2>/dev/null
    both castmap quarantine import mend.csv --json # unchanged: nothing passes, nothing changes
    code_is 3
    jq -e '.rows == 1 and .refused == 1 and .left == 1 and .run == 0' out.txt
    sed -i '2s/,"n\/a","n\/a","n\/a","n\/a","n\/a",/,"n\/a",-1.294234,36.78722,1600,30,/' mend.csv
    both castmap quarantine import mend.csv --json
    code_is 0
    jq -e '.accepted == 1 and .left == 0' out.txt
    [ "$(sqlite3 town.castmap.sqlite "SELECT lon || ' ' || lat || ' ' || accuracy_m FROM observation WHERE batch = 2")" = "36.78722 -1.294234 30.0" ]
    castmap info --json | jq -e '.observations == 2 and .quarantined == 0'
    castmap check --rule account,store,index,quarantine
}

@test "a real month of street crime: 1,066 rows without a place, 600 of them mended" {
    file=$CASTMAP_TOP/../shared/data/observations/2021-09-avon-and-somerset-street.csv
    [ -f "$file" ] || skip "the shared data are not here"
    castmap init town >/dev/null 2>&1
    castmap import "$file" --keep-far --json >first.json 2>/dev/null || [ $? -eq 3 ]
    jq -e '.files[0] | .read == 14661 and .accepted == 13595 and .quarantined == 1066' first.json
    castmap quarantine export --to-mend -o mend.csv 2>/dev/null
    [ "$(wc -l <mend.csv)" -eq 1067 ]
    awk 'NR > 1 && NR <= 601 { sub(/,"","",/, sprintf(",-2.59%04d,51.45%04d,", NR, NR)) } { print }' mend.csv >half.csv
    both castmap quarantine import half.csv --keep-far --json
    code_is 3
    jq -e '.rows == 1066 and .accepted == 600 and .duplicate == 0 and .refused == 466 and .left == 466' out.txt
    # They are as their file was read: moved to map points by the publisher.
    [ "$(sqlite3 town.castmap.sqlite 'SELECT count(*) FROM observation WHERE place = 5')" = 14195 ]
    castmap check --rule account,store,index
    castmap info --json | jq -e '.observations == 14195 and .quarantined == 466'
    both castmap quarantine import half.csv --keep-far --json
    jq -e '.done == 600 and .refused == 466 and .run == 0 and ([.notes[].code] | index("no-rows") == null)' out.txt
}

@test "killed at any moment, a sheet is in whole or not at all" {
    {
        echo "latitude,longitude,date,category"
        for i in $(seq 1000 3999); do echo "53.75$i,-4.08$i,2025-99-01,visitors"; done
    } >many.csv
    castmap init town >/dev/null 2>&1
    castmap import many.csv >/dev/null 2>&1 || [ $? -eq 3 ]
    castmap quarantine export --to-mend -o mend.csv 2>/dev/null
    sed -i 's/2025-99-01/2025-01-09/' mend.csv
    struck=0
    for i in $(seq 1 12); do
        "$CASTMAP_BIN" quarantine import mend.csv >/dev/null 2>&1 &
        pid=$!
        sleep "0.0$((i * 7 % 10))$i"
        kill -9 $pid 2>/dev/null && struck=$((struck + 1))
        wait $pid 2>/dev/null || true
        castmap check --rule account,store,index >/dev/null
        left=$(castmap info --json | jq .quarantined)
        [ "$left" -eq 3000 ] || [ "$left" -eq 0 ]
        [ "$(castmap info --json | jq .observations)" -eq $((3000 - left)) ]
        [ "$left" -eq 3000 ] || castmap undo >/dev/null
    done
    [ "$struck" -gt 0 ]
    both castmap quarantine import mend.csv --json
    code_is 0
    jq -e '.accepted == 3000 and .left == 0' out.txt
}

# Four visits, of which the second and the fourth have a date that is none.
four_visits() {
    printf 'id,latitude,longitude,date,category,note\nv1,53.750012,-4.080012,2025-01-10,visitors,a\nv2,53.750113,-4.080113,2025-13-11,crowding,"=1+1; ""so"""\nv3,53.750214,-4.080214,2025-01-12,visitors,c\nv4,53.750315,-4.080315,2025-14-01,crowding,\n' >visits.csv
}

# Out, the date of the first row mended alone, back; then the second with its place moved: what is left, what each record is. words: of the import
out_and_back() { # file, words
    rm -f town.castmap.sqlite mend.csv back.csv rest.csv again.csv
    castmap init town >/dev/null 2>&1
    both castmap import --json "$@"
    code_is 3
    [ "$(jq -c '.total | [.read, .accepted, .duplicate, .quarantined]' out.txt)" = "[4,2,0,2]" ]
    castmap quarantine export --to-mend -o mend.csv 2>/dev/null
    mend mend.csv back.csv "2025-13-11=2025-01-11"
    both castmap quarantine import back.csv --json
    code_is 3
    jq -e '.rows == 2 and .accepted == 1 and .refused == 1 and .left == 1' out.txt
    castmap quarantine export --to-mend -o rest.csv 2>/dev/null
    mend rest.csv again.csv "2025-14-01=2025-01-14"
    both castmap quarantine import again.csv --json
    code_is 0
    jq -e '.rows == 1 and .accepted == 1 and .left == 0' out.txt
    [ "$(sqlite3 town.castmap.sqlite "SELECT (SELECT count(*) FROM observation) || ' ' || (SELECT count(*) FROM quarantine) || ' ' || (SELECT count(*) FROM mended WHERE outcome <> 'refused')")" = "4 0 2" ]
    castmap check --rule account,store,index >/dev/null
    # The mended file itself brings nothing new, where its records have ids: it is the same records.
    sqlite3 town.castmap.sqlite "SELECT round(lon, 6), round(lat, 6), date(from_s, 'unixepoch'), (SELECT name FROM category WHERE id = observation.category), text FROM observation ORDER BY from_s" >"${1##*/}.rows"
    castmap undo >/dev/null
    castmap undo >/dev/null
    [ "$(sqlite3 town.castmap.sqlite "SELECT (SELECT count(*) FROM observation) || ' ' || (SELECT count(*) FROM quarantine)")" = "2 2" ]
}

mend() { # sheet, result, OLD=NEW in any cell
    python3 - "$@" <<'PY'
import csv, sys
with open(sys.argv[1], newline="") as f:
    rows = list(csv.reader(f))
for pair in sys.argv[3:]:
    old, new = pair.split("=")
    rows = [[new if cell == old else cell.replace(old, new) if old in cell and i > 1 else cell for i, cell in enumerate(row)] for row in rows]
with open(sys.argv[2], "w", newline="") as f:
    csv.writer(f).writerows(rows)
PY
}

@test "rows of workbooks, layers and GeoJSON go into a sheet and come back: places, texts, categories as in the file" {
    for tool in ogr2ogr python3 jq sqlite3; do
        command -v "$tool" >/dev/null || skip "$tool is not here"
    done
    four_visits
    points=(-oo X_POSSIBLE_NAMES=longitude -oo Y_POSSIBLE_NAMES=latitude -oo KEEP_GEOM_COLUMNS=NO -s_srs EPSG:4326)
    ogr2ogr -f XLSX v.xlsx visits.csv
    ogr2ogr -f ODS v.ods visits.csv
    ogr2ogr -f GeoJSON v.geojson visits.csv "${points[@]}" -t_srs EPSG:4326
    ogr2ogr -f GeoJSONSeq v.geojsonl visits.csv "${points[@]}" -t_srs EPSG:4326
    ogr2ogr -f GPKG v.gpkg visits.csv "${points[@]}" -t_srs EPSG:4326 -nln v
    ogr2ogr -f FlatGeobuf v.fgb visits.csv "${points[@]}" -t_srs EPSG:4326 -lco SPATIAL_INDEX=NO
    ogr2ogr v.shp visits.csv "${points[@]}" -t_srs EPSG:4326
    ogr2ogr -f GPKG m.gpkg visits.csv "${points[@]}" -t_srs EPSG:27700 -nln v
    for file in v.xlsx v.ods v.geojson v.geojsonl v.gpkg v.fgb v.shp m.gpkg; do
        out_and_back $file --map id=id
        cmp v.xlsx.rows $file.rows
    done
    [ "$(sed -n 2p v.gpkg.rows)" = '-4.080113|53.750113|2025-01-11|crowding|=1+1; "so"' ]
    [ "$(sed -n 4p v.gpkg.rows)" = '-4.080315|53.750315|2025-01-14|crowding|' ]
    says "$(head -1 mend.csv)" '"castmap_x","castmap_y"'
}

@test "places of GeoJSON that are none come back with those of the sheet; a user's own columns of places win" {
    command -v jq >/dev/null || skip "jq is not here"
    cat >v.geojson <<'JSON'
{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"date":"2025-01-10","count":3,"more":{"a":[1,2]}},"geometry":{"type":"Point","coordinates":[-4.08,53.7501]}},
{"type":"Feature","properties":{"date":"2025-01-11","count":12345678901234567,"more":null},"geometry":{"type":"Point","coordinates":["-4.0801",53.7502]}},
{"type":"Feature","properties":{"date":"2025-01-12","count":1.50},"geometry":null},
{"type":"Feature","properties":{"date":"2025-01-13","count":true,"more":"x"},"geometry":{"type":"Point","coordinates":[0,0]}}]}
JSON
    castmap init town >/dev/null 2>&1
    both castmap import v.geojson --json
    code_is 3
    castmap quarantine export --to-mend -o mend.csv 2>/dev/null
    says "$(head -1 mend.csv)" '"date","count","more","castmap_lon","castmap_lat"'
    says "$(sed -n 2p mend.csv)" '"2025-01-11",12345678901234567,"",-4.0801,53.7502'
    says "$(sed -n 3p mend.csv)" '"2025-01-12",1.50,"","",""'
    says "$(sed -n 4p mend.csv)" '"2025-01-13","true","x",0,0'
    sed -i 's/1.50,"","",""/1.50,"",-4.0802,north/; s/"x",0,0/"x",-4.0803,53.7503/' mend.csv
    both castmap quarantine import mend.csv --json
    code_is 3
    jq -e '.rows == 3 and .accepted == 2 and .refused == 1 and .left == 1' out.txt
    castmap quarantine export --to-mend -o rest.csv 2>/dev/null
    says "$(sed -n 2p rest.csv)" '"2025-01-12",1.50,"",-4.0802,"north"'
    sed 's/"castmap_lon","castmap_lat"/"Laenge","Breite"/; s/"north"/53.7504/' rest.csv >own.csv
    both castmap quarantine import own.csv --map lat=Breite --map lon=Laenge --json
    code_is 0
    jq -e '.accepted == 1 and .left == 0' out.txt
}

@test "elements of KML and GPX, photos and messages of chats go into a sheet and come back" {
    for tool in python3 jq sqlite3; do
        command -v "$tool" >/dev/null || skip "$tool is not here"
    done
    cat >v.kml <<'XML'
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder><name>vans &amp; cars</name>
<Placemark><name>a</name><TimeStamp><when>2025-01-10</when></TimeStamp><Point><coordinates>-4.080012,53.750012</coordinates></Point></Placemark>
<Placemark><name>b</name><TimeStamp><when>2025-13-11</when></TimeStamp><Point><coordinates>-4.080113,53.750113,4</coordinates></Point></Placemark></Folder>
<Placemark><name>c</name><TimeStamp><when>2025-01-12</when></TimeStamp><Point><coordinates>-4.080214,53.750214</coordinates></Point></Placemark>
<Placemark><name>d</name><description>&lt;b&gt;"bold"&lt;/b&gt;</description><TimeStamp><when>2025-14-01</when></TimeStamp><Point><coordinates>-4.080315,53.750315</coordinates></Point></Placemark>
</Document></kml>
XML
    out_and_back v.kml
    [ "$(sed -n 2p v.kml.rows)" = '-4.080113|53.750113|2025-01-11|vans & cars|b' ]
    [ "$(sed -n 4p v.kml.rows)" = '-4.080315|53.750315|2025-01-14||<b>"bold"</b>' ]
    cat >v.gpx <<'XML'
<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">
<wpt lat="53.750012" lon="-4.080012"><time>2025-01-10T10:00:00Z</time><name>a</name></wpt>
<wpt lat="53.750113" lon="-4.080113"><time>2025-13-11T10:00:00Z</time><name>b</name><type>van</type></wpt>
<wpt lat="53.750214" lon="-4.080214"><time>2025-01-12T10:00:00Z</time><name>c</name></wpt>
<wpt lat="53.750315" lon="-4.080315"><time>2025-14-01T10:00:00Z</time><desc>d</desc></wpt></gpx>
XML
    out_and_back v.gpx
    [ "$(sed -n 2p v.gpx.rows)" = '-4.080113|53.750113|2025-01-11|van|b' ]
    [ "$(sed -n 4p v.gpx.rows)" = '-4.080315|53.750315|2025-01-14||d' ]
    printf '12/01/2025, 10:15 - Ann: https://maps.google.com/?q=53.7501,-4.0801\n12/01/2025, 10:16 - Ann: a van\n13/01/2025, 10:15 - Ben: location: https://maps.google.com/?q=0,0\n13/01/2025, 10:17 - Ben: two men\n' >chat.txt
    rm -f town.castmap.sqlite
    castmap init town >/dev/null 2>&1
    both castmap import chat.txt --date-order dmy
    code_is 3
    castmap quarantine export --to-mend -o chat.csv 2>/dev/null
    grep -q Ben chat.csv && return 1
    mend chat.csv chat_back.csv "0 0=53.7502 -4.0802"
    both castmap quarantine import chat_back.csv --json
    code_is 0
    [ "$(sqlite3 town.castmap.sqlite "SELECT lat, lon, datetime(from_s, 'unixepoch'), text FROM observation ORDER BY id DESC LIMIT 1")" = "53.7502|-4.0802|2025-01-13 10:15:00|two men" ]
    [ "$(sqlite3 town.castmap.sqlite "SELECT count(DISTINCT source) FROM observation")" = 2 ]
    printf '\377\330\377\332\0\010\001\001\0\0\077\0\077\021\377\331' >none.jpg
    rm -f town.castmap.sqlite
    castmap init town >/dev/null 2>&1
    both castmap import none.jpg
    code_is 3
    castmap quarantine export --to-mend -o photo.csv 2>/dev/null
    sed '2s/"",""\(\r*\)$/-4.0802,53.7502\1/' photo.csv >photo_back.csv
    both castmap quarantine import photo_back.csv --json
    code_is 0
    jq -e '.accepted == 1 and .left == 0' out.txt
}
