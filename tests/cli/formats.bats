#!/usr/bin/env bats
# The forms in which records come: workbooks, GIS layers, KML, GPX, photos, chats, folders, standard input; and recipes.
load helper

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    castmap init town --time-zone Europe/London >/dev/null 2>&1
}

need() {
    for tool in "$@"; do
        command -v "$tool" >/dev/null || skip "$tool is not here"
    done
}

# Three good places and one without; as text.
table() {
    cat <<'CSV'
latitude,longitude,date,category,notes
51.507412,-0.127821,2024-05-01,van,white
51.508412,-0.128821,2024-05-02,van,
,,2024-05-03,door,no place
51.509412,-0.129821,2024-05-04,door,late
CSV
}

counts() { # read accepted duplicate quarantined
    jq -e --argjson r "$1" --argjson a "$2" --argjson d "$3" --argjson q "$4" \
        '.total | .read == $r and .accepted == $a and .duplicate == $d and .quarantined == $q' out.txt >/dev/null ||
        { jq .total out.txt >&2; jq '.files[].reasons' out.txt >&2; return 1; }
}

@test "a workbook: XLSX and ODS give what the table gave, row by row" {
    need ogr2ogr
    table >t.csv
    ogr2ogr -f XLSX t.xlsx t.csv -oo AUTODETECT_TYPE=YES
    ogr2ogr -f ODS t.ods t.csv -oo AUTODETECT_TYPE=YES
    both castmap import t.csv --json
    code_is 3
    counts 4 3 0 1
    for book in t.xlsx t.ods; do
        both castmap import $book --json
        code_is 3
        counts 4 0 3 1
        jq -e '.files[0].reasons[0] | .code == "no-position" and .first_row == 4' out.txt
        # The row that was set aside is kept whole.
        castmap quarantine export -o q-$book.csv >/dev/null
        grep -q "no place" q-$book.csv
    done
    jq -e '.files[0].guesses | map(select(.what == "sheet")) | length == 1' out.txt
}

@test "a workbook with several sheets: the first, and said; another by name; a wrong name is told which there are" {
    need ogr2ogr
    table >one.csv
    printf 'lat,lon\n51.5111,-0.1111\n' >two.csv
    ogr2ogr -f XLSX w.xlsx one.csv && ogr2ogr -f XLSX -update w.xlsx two.csv
    both castmap import -n w.xlsx --json
    counts 4 3 0 1
    jq -e '.files[0].guesses[] | select(.what == "sheet") | .value == "\"one\" of 2"' out.txt
    both castmap import -n w.xlsx --layer two --json
    code_is 0
    counts 1 1 0 0
    both castmap import -n w.xlsx --layer three
    [ "$status" -ne 0 ]
    says "$err" "one, two"
}

@test "point layers: GeoPackage, Shapefile, zipped, FlatGeobuf, a feature a line; all the same records" {
    need ogr2ogr python3
    table | grep -v 'no place' >p.csv
    ogr2ogr -f GPKG p.gpkg p.csv -oo X_POSSIBLE_NAMES=longitude -oo Y_POSSIBLE_NAMES=latitude -oo KEEP_GEOM_COLUMNS=NO -a_srs EPSG:4326 -nln p
    ogr2ogr -f FlatGeobuf p.fgb p.gpkg
    ogr2ogr -f GeoJSONSeq p.geojsonl p.gpkg -lco COORDINATE_PRECISION=9
    ogr2ogr -f "ESRI Shapefile" p.shp p.gpkg
    python3 -m zipfile -c p.zip p.shp p.shx p.dbf p.prj
    ogr2ogr -f GPKG grid.gpkg p.gpkg -t_srs EPSG:27700
    both castmap import p.gpkg --json
    code_is 0
    counts 3 3 0 0
    for file in p.fgb p.geojsonl p.shp p.zip; do
        both castmap import $file --json
        code_is 0
        counts 3 0 3 0
    done
    # In another system they are the same places to a centimetre, but not to the last digit: what is asked is that they lie together.
    both castmap import -n grid.gpkg --json
    jq -e '.files[0].first_rows[0] | (.lon + 0.127821 | fabs) < 0.0000002 and (.lat - 51.507412 | fabs) < 0.0000002' out.txt
    jq -e '.files[0].guesses[] | select(.what == "coordinate system") | .value == "EPSG:27700"' out.txt
}

@test "a layer whose system has a code of ESRI alone: read in it, in a GeoPackage and by the words of a .prj" {
    need ogr2ogr
    table | grep -v 'no place' | sed 's/51\.5/33.4/; s/-0\.12/-111.82/' >p.csv
    ogr2ogr -f GPKG p.gpkg p.csv -oo X_POSSIBLE_NAMES=longitude -oo Y_POSSIBLE_NAMES=latitude -oo KEEP_GEOM_COLUMNS=NO -s_srs EPSG:4269 -t_srs ESRI:102649 -nln p
    ogr2ogr -f "ESRI Shapefile" p.shp p.gpkg
    for file in p.gpkg p.shp; do
        both castmap import -n $file --json
        code_is 0
        counts 3 3 0 0
        jq -e '.files[0].guesses[] | select(.what == "coordinate system") | .value == "ESRI:102649" and .why == "declared by the layer"' out.txt
        jq -e '.files[0].first_rows[0] | (.lon + 111.827821 | fabs) < 0.00002 and (.lat - 33.407412 | fabs) < 0.00002' out.txt
    done
    both castmap import -n p.gpkg --crs EPSG:27700
    code_is 4
    says "$err" "ESRI:102649"
}

@test "C31, C32: a Shapefile without its companions, without a system, and with counts that differ" {
    need ogr2ogr
    table | grep -v 'no place' >p.csv
    ogr2ogr -f "ESRI Shapefile" p.shp p.csv -oo X_POSSIBLE_NAMES=longitude -oo Y_POSSIBLE_NAMES=latitude -oo KEEP_GEOM_COLUMNS=NO -a_srs EPSG:4326
    mkdir a b c d
    cp p.shp p.dbf a && both castmap import a/p.shp && code_is 4 && says "$err" ".shx"
    cp p.shp p.shx b && both castmap import b/p.shp && code_is 4 && says "$err" ".dbf"
    cp p.shp p.shx p.dbf c && both castmap import c/p.shp && code_is 4 && says "$err" "--crs"
    both castmap import -n c/p.shp --crs EPSG:4326 --json
    code_is 0
    counts 3 3 0 0
    table | grep -v 'no place' | head -n 3 >short.csv
    ogr2ogr -f "ESRI Shapefile" short.shp short.csv -oo X_POSSIBLE_NAMES=longitude -oo Y_POSSIBLE_NAMES=latitude -oo KEEP_GEOM_COLUMNS=NO -a_srs EPSG:4326
    cp p.shp p.shx p.prj d && cp short.dbf d/p.dbf
    both castmap import d/p.shp
    code_is 4
    says "$err" "3 shapes but 2 rows"
    castmap info --json | jq -e '.observations == 0 and .batches == 0'
}

@test "C45: a GeoPackage with several point layers asks which" {
    need ogr2ogr
    table | grep -v 'no place' >p.csv
    for layer in north south; do
        ogr2ogr -f GPKG -update -append two.gpkg p.csv -oo X_POSSIBLE_NAMES=longitude -oo Y_POSSIBLE_NAMES=latitude -a_srs EPSG:4326 -nln $layer 2>/dev/null ||
            ogr2ogr -f GPKG two.gpkg p.csv -oo X_POSSIBLE_NAMES=longitude -oo Y_POSSIBLE_NAMES=latitude -a_srs EPSG:4326 -nln $layer
    done
    both castmap import two.gpkg
    code_is 4
    says "$err" "north, south"
    both castmap import -n two.gpkg --layer south --json
    code_is 0
    counts 3 3 0 0
}

# A GeoPackage of three points, and what sqlite3 makes of it.
package() { # name, sql
    ogr2ogr -f GPKG "$1.gpkg" p.gpkg
    sqlite3 "$1.gpkg" "$2"
}

@test "C35 C39 C40 C41 C42 C43 C44: GeoPackages that are cut, run something, lie about a place or a system, or have odd names" {
    need ogr2ogr sqlite3
    table | grep -v 'no place' >p.csv
    ogr2ogr -f GPKG p.gpkg p.csv -oo X_POSSIBLE_NAMES=longitude -oo Y_POSSIBLE_NAMES=latitude -a_srs EPSG:4326 -nln p
    head -c 5000 p.gpkg >cut.gpkg # C35
    head -c 100 p.gpkg >head.gpkg
    cp p.csv png.gpkg && printf '\211PNG\r\n\032\n' >png.gpkg # C46
    package trigger "CREATE TRIGGER bite AFTER INSERT ON p BEGIN SELECT load_extension('x'); END;" # C39
    package expression "CREATE INDEX i ON p (upper(category));"
    package none "UPDATE gpkg_geometry_columns SET srs_id=0; UPDATE gpkg_contents SET srs_id=0;" # C41
    package cartesian "UPDATE gpkg_geometry_columns SET srs_id=-1; UPDATE gpkg_contents SET srs_id=-1;"
    for name in cut head png trigger expression none cartesian; do
        both castmap import $name.gpkg
        code_is 4
        says "$err" "$name.gpkg"
    done
    says "$err" "--crs"
    both castmap import png.gpkg
    says "$err" "a PNG picture"
    castmap info --json | jq -e '.observations == 0 and .batches == 0'
    # C40: a place that is no geometry, and one that is cut; the records beside them go in. Triggers of the format itself would need SpatiaLite here.
    package blob "DROP TRIGGER IF EXISTS rtree_p_geom_update1; DROP TRIGGER IF EXISTS rtree_p_geom_update2; DROP TRIGGER IF EXISTS rtree_p_geom_update3; DROP TRIGGER IF EXISTS rtree_p_geom_update4; DROP TRIGGER IF EXISTS rtree_p_geom_update5; DROP TRIGGER IF EXISTS rtree_p_geom_update6; DROP TRIGGER IF EXISTS rtree_p_geom_update7; UPDATE p SET geom = x'0102' WHERE fid = 2; UPDATE p SET geom = substr(geom, 1, 20) WHERE fid = 3;"
    both castmap import -n blob.gpkg --json
    code_is 3
    counts 3 1 0 2
    # C42: a journal of another machine beside it is not read.
    cp p.gpkg wal.gpkg && head -c 4096 /dev/urandom >wal.gpkg-wal
    both castmap import -n wal.gpkg --json
    counts 3 3 0 0
    # C43, C44: names.
    for layer in 'sqlite "master' "p'; DROP TABLE x" "$(printf '\360\237\232\220 vans')"; do
        rm -f odd.gpkg
        ogr2ogr -f GPKG odd.gpkg p.gpkg -nln "$layer" p
        both castmap import -n odd.gpkg --json
        code_is 0
        counts 3 3 0 0
    done
    ogr2ogr -f GPKG comment.gpkg p.gpkg -nln "p;--" p # what could hide a module from the screen is refused
    both castmap import -n comment.gpkg
    code_is 4
    ogr2ogr -f GPKG fields.gpkg p.gpkg -sql 'SELECT category AS rowid, date AS ogc_fid, notes AS "select", geom FROM p' -nln fields
    both castmap import -n fields.gpkg --map category=rowid --map time=ogc_fid --map text=select --json
    code_is 0
    counts 3 3 0 0
    jq -e '.files[0].first_rows[0] | .category == "van" and .time == "day 2024-05-01"' out.txt
}

@test "C34: attributes of a Shapefile in an older encoding: read as Windows-1252, and said" {
    need ogr2ogr
    printf 'latitude,longitude,category\n51.507412,-0.127821,caf\303\251\n' >p.csv
    ogr2ogr -f "ESRI Shapefile" p.shp p.csv -oo X_POSSIBLE_NAMES=longitude -oo Y_POSSIBLE_NAMES=latitude -a_srs EPSG:4326 -lco ENCODING=ISO-8859-1
    rm -f p.cpg
    printf '\0' | dd of=p.dbf bs=1 seek=29 conv=notrunc 2>/dev/null # the code page that the dbf states
    both castmap import p.shp --json
    code_is 0
    counts 1 1 0 0
    jq -e '.files[0].notes | map(.code) | index("attribute-encoding") != null' out.txt
    [ "$(sqlite3 town.castmap.sqlite 'SELECT name FROM category')" = "$(printf 'caf\303\251')" ]
}

@test "photos: many in a folder, none kept but clean copies, and none of those when a later file is refused" {
    need python3
    python3 - <<'PY'
import struct
def photo(name, minutes):
    ascii2 = lambda tag, text: (tag, 2, len(text) + 1, text.encode() + b"\0")
    gps = [(1, 2, 2, b"N\0"), (2, 5, 3, struct.pack("<6I", 51, 1, 30, 1, 2668, 100)), (3, 2, 2, b"W\0"),
           (4, 5, 3, struct.pack("<6I", 0, 1, minutes, 1, 4008, 100))]
    exif = [ascii2(0x9003, "2025:05:01 09:%02d:00" % minutes)]
    def ifd(entries, at):
        out, data, end = struct.pack("<H", len(entries)), b"", at + 2 + 12 * len(entries) + 4
        for tag, kind, count, value in entries:
            if len(value) <= 4:
                out += struct.pack("<HHI", tag, kind, count) + value.ljust(4, b"\0")
            else:
                out += struct.pack("<HHII", tag, kind, count, end + len(data)); data += value + b"\0" * (len(value) % 2)
        return out + struct.pack("<I", 0) + data
    e, g = ifd(exif, 100), ifd(gps, 200)
    tiff = b"II*\0" + struct.pack("<I", 8) + ifd([(0x8769, 4, 1, struct.pack("<I", 100)), (0x8825, 4, 1, struct.pack("<I", 200))], 8)
    tiff = (tiff.ljust(100, b"\0") + e).ljust(200, b"\0") + g
    body = b"Exif\0\0" + tiff
    scan = b"\xff\xda\0\x08\x01\x01\0\0\x3f\0\x3f\x11"
    open(name, "wb").write(b"\xff\xd8\xff\xe1" + struct.pack(">H", len(body) + 2) + body + scan + b"\xff\xd9")
for i in range(3):
    photo("p%d.jpg" % i, i + 1)
open("none.jpg", "wb").write(b"\xff\xd8\xff\xda\0\x08\x01\x01\0\0\x3f\0\x3f\x11\xff\xd9")
PY
    mkdir photos && mv ./*.jpg photos
    printf 'lat,lon\n"51.5,1\n' >photos/z.csv
    both castmap import photos --keep-pictures clean
    code_is 4
    [ -z "$(ls clean 2>/dev/null)" ]
    rm photos/z.csv
    both castmap import photos --keep-pictures clean --json
    code_is 3
    counts 4 3 0 1
    [ "$(find clean -name 'photo-*.jpg' | wc -l)" -eq 3 ]
    ! grep -rq 2025:05 clean
    grep -q 2025:05 photos/p0.jpg
    [ "$(stat -c %a clean/photo-*.jpg | sort -u)" = 600 ]
    both castmap import photos --json
    code_is 3
    counts 4 0 3 1
}

@test "KML and GPX: a record without a description is known by its name, one without a time stamp by its own date" {
    cat >two.kml <<'XML'
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder><name>Vans</name>
<Placemark><name>White van</name><description>twice</description><ExtendedData><Data name="date"><value>2024-05-01</value></Data></ExtendedData><Point><coordinates>-0.127821,51.507412</coordinates></Point></Placemark>
<Placemark><name>Red door</name><TimeStamp><when>2024-05-02T10:00:00Z</when></TimeStamp><Point><coordinates>-0.128821,51.508412</coordinates></Point></Placemark>
</Folder></Document></kml>
XML
    both castmap import two.kml --json
    code_is 0
    counts 2 2 0 0
    jq -e '.files[0].guesses[] | select(.what == "text") | .value == "column \"description\", else \"name\""' out.txt
    [ "$(sqlite3 town.castmap.sqlite "SELECT group_concat(text || ' ' || datetime(from_s, 'unixepoch'), '|') FROM observation")" = "twice 2024-04-30 23:00:00|Red door 2024-05-02 10:00:00" ]
    printf '<gpx><wpt lat="51.6" lon="-0.13"><name>Van</name><desc>white</desc></wpt><wpt lat="51.61" lon="-0.14"><name>Door</name></wpt></gpx>' >two.gpx
    both castmap import two.gpx --json
    code_is 0
    [ "$(sqlite3 town.castmap.sqlite "SELECT group_concat(text, '|') FROM observation WHERE lat > 51.55")" = "white|Door" ]
}

@test "KMZ: the document inside; its folder is the category, links are counted and not followed" {
    need python3
    cat >doc.kml <<'XML'
<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>Our map</name>
<Folder><name>Vans</name>
<Placemark><name>White van</name><description><![CDATA[<b>twice</b> a week]]></description>
<ExtendedData><Data name="date"><value>2024-05-01</value></Data></ExtendedData><Point><coordinates>-0.127821,51.507412,0</coordinates></Point></Placemark>
<Placemark><name>Their way</name><LineString><coordinates>-0.1,51.5 -0.2,51.6</coordinates></LineString></Placemark>
</Folder><NetworkLink><Link><href>http://127.0.0.1:9/more.kml</href></Link></NetworkLink></Document></kml>
XML
    python3 -m zipfile -c map.kmz doc.kml
    both castmap import map.kmz --json
    code_is 3
    counts 2 1 0 1
    jq -e '.files[0].reasons[0].code == "not-a-point" and (.files[0].notes | map(.code) | index("network-link") != null)' out.txt
    [ "$(sqlite3 town.castmap.sqlite 'SELECT name FROM category')" = Vans ]
    [ "$(sqlite3 town.castmap.sqlite 'SELECT text FROM observation')" = "<b>twice</b> a week" ]
    castmap quarantine export -o q.csv >/dev/null
    grep -q "Their way" q.csv
    printf '<kml><NetworkLink><Link><href>http://127.0.0.1:9/x.kml</href></Link></NetworkLink></kml>' >link.kml
    both castmap import link.kml
    code_is 4
    says "$err" "NetworkLink"
}

# Zips of what is named; NAME=CONTENT-FILE pairs.
zip_of() { # zip, member=file ...
    python3 -c 'import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as z:
    for pair in sys.argv[2:]:
        member, file = pair.split("=")
        z.write(file, member)' "$@"
}

@test "a zip of one table, of a folder with a note beside it, of GeoJSON: as the file itself; the digest is that of the zip" {
    need python3 jq
    table >t.csv
    echo '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"date":"2025-01-10"},"geometry":{"type":"Point","coordinates":[-0.1234,51.4567]}}]}' >p.geojson
    zip_of one.zip t.csv=t.csv
    zip_of folder.zip pack/t.csv=t.csv pack/README.txt=t.csv __MACOSX/pack/._t.csv=t.csv
    zip_of geo.zip p.geojson=p.geojson
    both castmap import one.zip --json
    code_is 3
    counts 4 3 0 1
    jq -e '.files[0].guesses[] | select(.what == "member of the zip") | .value == "\"t.csv\""' out.txt
    jq -e --arg sum "$(sha256sum one.zip | cut -d' ' -f1)" '.files[0].sha256 == $sum' out.txt
    both castmap import folder.zip --json
    code_is 3
    counts 4 0 3 1
    both castmap import geo.zip --json
    code_is 0
    counts 1 1 0 0
    both castmap import -n - --json <one.zip
    code_is 3
    counts 4 0 3 1
}

@test "a line of GeoJSON and a HEIC photo are set aside or refused with the way out" {
    echo '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[-0.1,51.5],[-0.1,51.51]]}}]}' >line.geojson
    both castmap import line.geojson
    code_is 3
    says "$out$err" "castmap tracks add"
    printf '\0\0\0\030ftypheic\0\0\0\0mif1heic' >photo.heic
    both castmap import photo.heic
    code_is 4
    says "$err" "a HEIC picture"
    says "$err" "export the photo as JPEG"
}

@test "a zip of several things is read like a folder: every table, layer, document, chat and photo a batch, the rest named; --layer picks one" {
    need ogr2ogr python3 jq sqlite3
    table >t.csv
    printf 'latitude,longitude,date\n51.5111,-0.1111,2025-01-10\n' >u.csv
    printf 'code,label\n1,noise\n' >list.csv
    printf '{"a":1}' >settings.json
    echo '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"date":"2025-01-10"},"geometry":{"type":"Point","coordinates":[-0.1301,51.4601]}}]}' >p.geojson
    echo '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[0,51],[1,51],[1,52],[0,51]]]}}]}' >area.geojson
    ogr2ogr p.shp p.geojson
    ogr2ogr area.shp area.geojson
    ogr2ogr -f GPKG g.gpkg p.geojson -nln g
    ogr2ogr -f XLSX x.xlsx u.csv
    printf '<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1"><wpt lat="51.4602" lon="-0.1302"><time>2025-01-10T10:00:00Z</time></wpt></gpx>' >w.gpx
    printf '<kml><Document><Placemark><name>a</name><Point><coordinates>-0.131,51.461</coordinates></Point></Placemark></Document></kml>' >k.kml
    zip_of pack.zip a/t.csv=t.csv a/u.csv=u.csv b/list.csv=list.csv b/settings.json=settings.json b/p.geojson=p.geojson p.shp=p.shp p.shx=p.shx p.dbf=p.dbf p.prj=p.prj \
        area.shp=area.shp area.shx=area.shx area.dbf=area.dbf g.gpkg=g.gpkg x.xlsx=x.xlsx w.gpx=w.gpx k.kml=k.kml letter.docx=t.csv in.zip=x.xlsx readme.txt=list.csv \
        __MACOSX/a/._t.csv=t.csv
    cp town.castmap.sqlite before
    both castmap import -n pack.zip --json
    code_is 3
    cmp before town.castmap.sqlite
    both castmap import pack.zip --json
    code_is 3
    # 4 of t.csv (one bad), 1 each of u.csv, p.geojson, p.shp, g.gpkg, w.gpx, k.kml, x.xlsx.
    [ "$(jq -c '[.files[] | (.file | ltrimstr("pack.zip/")), .read]' out.txt)" = '["a/t.csv",4,"a/u.csv",1,"b/p.geojson",1,"g.gpkg",1,"k.kml",1,"p.shp",1,"w.gpx",1,"x.xlsx",1]' ]
    [ "$(jq -c '.total | [.files, .read, .accepted, .duplicate, .quarantined]' out.txt)" = "[8,11,7,3,1]" ]
    [ "$(jq -c '[.left_out[].file | ltrimstr("pack.zip/")] | sort' out.txt)" = '["area.shp","b/list.csv","b/settings.json","in.zip","letter.docx","readme.txt"]' ]
    jq -e '.left_out[] | select(.file == "pack.zip/b/list.csv") | .why | contains("no columns say where")' out.txt
    # Counted without the program: batches, and records of each.
    [ "$(sqlite3 town.castmap.sqlite "SELECT count(*), sum(read), sum(accepted) FROM batch WHERE file LIKE 'pack.zip/%'")" = "8|11|7" ]
    [ "$(sqlite3 town.castmap.sqlite "SELECT count(*) FROM quarantine")" = 1 ]
    both castmap import pack.zip
    says "$out" "pack.zip/a/t.csv: 4 rows read"
    says "$out" "pack.zip/letter.docx: left out, of no form that holds records"
    says "$out" "8 files together: 11 rows read = 0 accepted + 10 duplicate + 1 quarantined"
    both castmap import pack.zip --layer p.shp --json
    code_is 0
    counts 1 0 1 0
    both castmap import pack.zip --layer a/u.csv --json
    code_is 0
    counts 1 0 1 0
    both castmap import pack.zip --layer nowhere.csv
    code_is 1
    says "$err" 'the zip has no member "nowhere.csv"; it holds a/t.csv, a/u.csv'
}

@test "a zip of several: one that is damaged refuses all of it; pictures of a chat are no photos; one without records says why" {
    need python3 jq
    table >t.csv
    printf 'latitude,longitude,date\n51.5111,-0.1111,2025-01-10\n"51.5' >open.csv
    printf 'code,label\n1,noise\n' >list.csv
    printf '12/01/2025, 10:15 - Ann: location: https://maps.google.com/?q=51.4601,-0.1302\n13/01/2025, 10:15 - Ann: IMG-1.jpg (file attached)\n' >chat.txt
    zip_of damaged.zip a.csv=t.csv b.csv=open.csv
    zip_of chat.zip "WhatsApp Chat with Group.txt=chat.txt" IMG-1.jpg=t.csv
    zip_of no.zip a.csv=list.csv b.csv=list.csv
    zip_of alike.zip t.csv=no.zip u.csv=t.csv
    zip_of climbs.zip a.csv=t.csv ../b.csv=t.csv
    python3 -c 'import zipfile
with zipfile.ZipFile("bomb.zip", "w", zipfile.ZIP_DEFLATED) as z: z.writestr("a.csv", b"lat,lon\n1,2\n"); z.writestr("b.csv", b"lat,lon\n" + b"0" * (64 << 20))'
    cp town.castmap.sqlite before
    both castmap import damaged.zip
    code_is 4
    says "$err" "damaged.zip/b.csv"
    both castmap import no.zip
    code_is 4
    says "$err" "no columns say where"
    both castmap import alike.zip
    code_is 4
    says "$err" "alike.zip/t.csv"
    says "$err" "a zip archive inside a zip"
    both castmap import climbs.zip
    code_is 4
    says "$err" "climbs out of its folder"
    both castmap import bomb.zip
    code_is 4
    says "$err" "100 times its size"
    cmp before town.castmap.sqlite
    both castmap import chat.zip --json --date-order dmy
    code_is 0
    counts 1 1 0 0
    printf '<kml><Document><Placemark><name>a</name><Point><coordinates>-0.131,51.461</coordinates></Point></Placemark></Document></kml>' >doc.kml
    sed 's/51.461/51.462/' doc.kml >more.kml
    zip_of two.kmz doc.kml=doc.kml more.kml=more.kml images/1.jpg=t.csv
    both castmap import two.kmz
    code_is 0
    says "$out" "2 files together: 2 rows read = 2 accepted"
    says "$out" "two.kmz/images/1.jpg: left out, a picture of the map beside it"
    both castmap import chat.zip --json --date-order dmy
    jq -e '.left_out == [{"file": "chat.zip/IMG-1.jpg", "why": "a picture of the chat beside it"}]' out.txt
}

@test "a zip through standard input is one table or asks which; one of none says what it holds; neither stores anything" {
    need python3 jq
    table >t.csv
    printf 'lat,lon\n51.5111,-0.1111\n' >u.csv
    zip_of two.zip a/t.csv=t.csv a/u.csv=u.csv
    zip_of none.zip letter.docx=t.csv
    zip_of nested.zip t.csv=two.zip
    cp town.castmap.sqlite before
    both castmap import - <two.zip
    code_is 4
    says "$err" "the zip holds 2 tables: a/t.csv, a/u.csv"
    says "$err" "--layer NAME"
    both castmap import - --layer w.csv <two.zip
    [ "$status" -ne 0 ]
    says "$err" "a/t.csv, a/u.csv"
    both castmap import none.zip
    code_is 4
    says "$err" "no Shapefile, KML or workbook: letter.docx"
    both castmap import nested.zip
    code_is 4
    says "$err" "a zip archive inside a zip"
    cmp before town.castmap.sqlite
    both castmap import - --layer u.csv --json <two.zip
    code_is 0
    counts 1 1 0 0
}

@test "columns told by their content: in a workbook, from standard input and out of a zip as in a file; the dry run shows it" {
    need ogr2ogr python3 jq
    printf 'wo,was\n"51.4545, -2.5879",a\n"51.4546, -2.5880",b\n' >odd.csv
    ogr2ogr -f XLSX odd.xlsx odd.csv
    ogr2ogr -f ODS odd.ods odd.csv
    zip_of odd.zip odd.csv=odd.csv
    for file in odd.csv odd.xlsx odd.ods odd.zip; do
        both castmap import -n "$file" --json
        code_is 0
        counts 2 2 0 0
        jq -e '.files[0].guesses[] | select(.what == "position") | .value == "column \"wo\"" and .why == "content of the first rows"' out.txt
        both castmap import -n - --json < <(cat "$file")
        code_is 0
        counts 2 2 0 0
        jq -e '.files[0].guesses[] | select(.what == "position") | .why == "content of the first rows"' out.txt
        both castmap import -n - --json <"$file"
        code_is 0
        counts 2 2 0 0
    done
    printf 'one,two\nx,y\n' >nowhere.csv
    ogr2ogr -f XLSX nowhere.xlsx nowhere.csv
    both castmap import nowhere.xlsx
    code_is 4
    says "$err" "no columns say where"
}

@test "times by their content where no name tells: one column of dates is the time, of two none; from and to are an interval where nothing else is the date" {
    printf 'GPS,When did it happen?,What was seen?,How many\n"51.507412, -0.127821",Wednesday 1 May 2024 evening,van,2024\n"51.507512, -0.127921",03/04/2024,van,3\n' >form.csv
    both castmap import -n form.csv --json
    code_is 3 # one of the two needs the order of day and month
    counts 2 1 0 1
    jq -e '.files[0].guesses[] | select(.what == "time") | .value == "column \"When did it happen?\"" and .why == "content of the first rows"' out.txt
    jq -e '.files[0].reasons[0].code == "ambiguous-date"' out.txt
    printf 'lat,lon,entered,happened\n51.507412,-0.127821,2024-05-03,2024-05-01\n' >two.csv
    both castmap import -n two.csv --json
    code_is 0
    jq -e '.files[0].guesses[] | select(.what == "time") | .why == "no column found"' out.txt
    printf 'lat,lon,from,to\n51.507412,-0.127821,2024-05-01 21:00,2024-05-02\n51.507512,-0.127921,May 2024,\n' >ends.csv
    both castmap import ends.csv --json
    code_is 0
    counts 2 2 0 0
    [ "$(sqlite3 town.castmap.sqlite "SELECT group_concat(datetime(from_s, 'unixepoch') || ' ' || datetime(to_s, 'unixepoch'), '|') FROM observation")" = "2024-05-01 20:00:00 2024-05-02 23:00:00|2024-04-30 23:00:00 2024-05-31 23:00:00" ]
    printf 'lat,lon,date,from,to\n51.517412,-0.137821,2024-05-01,the bridge,the mill\n' >way.csv
    both castmap import -n way.csv --json
    code_is 0
    jq -e '[.files[0].guesses[].what] | index("end of the interval") == null' out.txt
}

@test "a chat: the order of day and month is asked for, names are dropped, what was said right after a place is its text" {
    cat >chat.txt <<'TXT'
12/03/2024, 14:05 - Messages and calls are end-to-end encrypted.
12/03/2024, 14:06 - Alice Example: location: https://maps.google.com/?q=51.507412,-0.127821
12/03/2024, 14:07 - Alice Example: three men waiting
by the van
12/03/2024, 14:08 - Bob: thanks
13/03/2024, 02:08 - Bob: <Media omitted>
13/03/2024, 02:09 - Bob: https://maps.google.com/?q=51.517412,-0.137821
TXT
    both castmap import chat.txt
    code_is 4
    says "$err" "day or the month"
    both castmap import chat.txt --date-order dmy --json
    code_is 0
    counts 2 2 0 0
    [ "$(sqlite3 town.castmap.sqlite 'SELECT text FROM observation ORDER BY id LIMIT 1')" = "$(printf 'three men waiting\nby the van')" ]
    [ "$(sqlite3 town.castmap.sqlite "SELECT datetime(from_s, 'unixepoch') FROM observation ORDER BY id LIMIT 1")" = "2024-03-12 14:06:00" ]
    [ "$(sqlite3 town.castmap.sqlite "SELECT count(DISTINCT source) FROM observation")" -eq 2 ]
    ! sqlite3 town.castmap.sqlite .dump | grep -qE 'Alice|Bob'
    both castmap import chat.txt --date-order dmy --json
    counts 2 0 2 0 # the same people, the same pseudonyms
}

@test "a folder and its folders: each file a batch, a total, and what is not read is counted" {
    table >a.csv
    mkdir -p records/deep records/.hidden
    mv a.csv records
    printf 'lat,lon\n51.5111,-0.1111\n' >records/deep/b.csv
    printf 'lat,lon\n51.6111,-0.1111\n' >records/.hidden/c.csv
    : >records/letter.docx
    both castmap import records --json
    code_is 3
    counts 5 4 0 1
    jq -e '.files | length == 2' out.txt
    jq -e '.total.passed_over == 1 and (.files | map(.file) == ["records/a.csv", "records/deep/b.csv"])' out.txt
    castmap list batches --json | jq -e '.batches | length == 2'
    mkdir empty
    both castmap import empty
    code_is 5
    says "$err" "no file"
}

@test "a folder is all or nothing, and names the file that is refused" {
    mkdir records
    table >records/a.csv
    printf 'lat,lon\n"51.5,1\n' >records/b.csv
    both castmap import records
    code_is 4
    says "$err" "b.csv"
    castmap info --json | jq -e '.observations == 0 and .batches == 0'
}

@test "A34: standard input is a file like any other; a terminal or nothing at all is a wrong use" {
    need ogr2ogr
    table >t.csv
    ogr2ogr -f XLSX t.xlsx t.csv
    status=0
    castmap import - --json <t.csv >out.txt 2>err.txt || status=$?
    code_is 3
    counts 4 3 0 1
    for file in t.csv t.xlsx; do
        status=0
        cat $file | castmap import - --json >out.txt 2>err.txt || status=$?
        code_is 3
        counts 4 0 3 1
        jq -e '.files[0].file == "standard input" and (.files[0].sha256 | length == 64)' out.txt
    done
    # An encoding that shows late is met in a pipe too.
    { table; printf '51.5,-0.1,2024-05-05,van,caf\351\n'; } | castmap import -n - --json >out.txt 2>err.txt || status=$?
    jq -e '.files[0].notes | map(.code) | index("converted-encoding") != null' out.txt
    both castmap import - </dev/null
    code_is 2
    says "$err" "standard input"
    castmap list batches --json | jq -e '.batches[0].file == "standard input"'
}

@test "recipes: saved with an import, used by name and from a file, listed, removed" {
    printf 'Breite;Laenge;Art;wann\n51.507412;-0.127821;van;03/04/2024\n' >a.csv
    printf 'Breite;Laenge;Art;wann\n51.517412;-0.137821;van;05/04/2024\n' >b.csv
    both castmap import a.csv --map lat=Breite --map lon=Laenge --map category=Art --map time=wann --date-order dmy --save-recipe survey
    code_is 0
    both castmap import b.csv --recipe survey --json
    code_is 0
    counts 1 1 0 0
    [ "$(sqlite3 town.castmap.sqlite "SELECT date(from_s + 3600, 'unixepoch') FROM observation ORDER BY id DESC LIMIT 1")" = 2024-04-05 ]
    castmap log --json | jq -e '.runs[-1].parameters.recipe == "survey"'
    castmap recipes list --json | jq -e '.recipes | length == 1 and .[0].name == "survey"'
    castmap recipes export survey -o survey.json 2>/dev/null
    jq -e '.castmap_recipe == 1 and (.map | index("lat=Breite") != null)' survey.json
    both castmap recipes export survey -o survey.json
    code_is 5
    # What is given by hand holds over the recipe.
    both castmap import -n b.csv --recipe survey.json --date-order mdy --json
    jq -e '.files[0].first_rows[0].time == "day 05/04/2024"' out.txt
    # The same again is no conflict, another of that name is.
    castmap import b.csv --recipe survey --save-recipe survey >/dev/null 2>&1
    both castmap import b.csv --recipe survey --date-order mdy --save-recipe survey
    code_is 5
    says "$err" "another recipe"
    both castmap recipes remove survey
    code_is 0
    both castmap import b.csv --recipe survey
    code_is 1
    says "$err" "no recipe \"survey\""
    printf '{"castmap_recipe": 2, "name": "x"}' >newer.json
    both castmap import b.csv --recipe newer.json
    code_is 4
    says "$err" "newer"
    printf '{"hello": 1}' >none.json
    both castmap import b.csv --recipe none.json
    code_is 4
}

@test "a dry run shows the first rows as they are understood, private texts by their length, and stores nothing" {
    table >t.csv
    both castmap import -n t.csv
    code_is 3
    says "$out" "-0.127821"
    says "$out" "day 2024-05-01"
    says "$out" "5 letters"
    says "$out" "4 rows read = 3 accepted + 0 duplicate + 1 quarantined"
    case $out$err in *white*) false ;; esac
    castmap info --json | jq -e '.observations == 0 and .batches == 0 and .runs == 0'
}

@test "CoMapeo and Mapeo: the accuracy inside the metadata, but not of a place set by hand" {
    need jq sqlite3
    cat >c.geojson <<'JSON'
{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"docId":"a","versionId":"a/0","createdAt":"2025-05-01T20:05:10.000Z","metadata":{"manualLocation":false,"lastSavedPosition":{"coords":{"accuracy":900}},"position":{"mocked":false,"coords":{"altitude":12.5,"accuracy": 4.25,"speed":0}}},"tags":{"type":"van"}},"geometry":{"type":"Point","coordinates":[-4.080214,53.750121]}},
{"type":"Feature","properties":{"docId":"b","versionId":"b/0","createdAt":"2025-05-01T20:06:10.000Z","metadata":{"manualLocation":true,"position":{"coords":{"accuracy":4.5}}}},"geometry":{"type":"Point","coordinates":[-4.081127,53.751034]}},
{"type":"Feature","properties":{"docId":"c","versionId":"c/0","createdAt":"2025-05-01T20:07:10.000Z","metadata":{}},"geometry":{"type":"Point","coordinates":[-4.082127,53.752034]}}]}
JSON
    both castmap import c.geojson --json
    code_is 0
    counts 3 3 0 0
    jq -e '.files[0].notes | map(.code) | index("odd-accuracy") == null' out.txt
    [ "$(sqlite3 town.castmap.sqlite "SELECT coalesce(accuracy_m, '-') FROM observation ORDER BY id" | tr '\n' ' ')" = "4.25 - - " ]
}

@test "Tuesday night: by the day of writing where it is known, else kept with its words and without a time; set aside where no column was named for it" {
    need jq sqlite3
    printf 'latitude,longitude,when,_submission_time,note\n51.4567,-0.1234,Tuesday night,2025-05-08T12:00:00,a\n51.4568,-0.1235,yesterday,,b\n51.4569,-0.1236,Tuesday banana,2025-05-08T12:00:00,c\n51.4570,-0.1237,2025-05-01,2025-05-08T12:00:00,d\n' >w.csv
    both castmap import w.csv --map time=when --json -n
    counts 4 1 0 3
    both castmap import w.csv --map time=when --map written=_submission_time --json
    code_is 3
    counts 4 3 0 1
    jq -e '.files[0].notes | map({(.code): .count}) | add | .["time-by-weekday"] == 1 and .["undated-weekday"] == 1' out.txt
    sqlite3 town.castmap.sqlite "SELECT coalesce(datetime(from_s, 'unixepoch') || ' ' || datetime(to_s, 'unixepoch'), 'unknown') || ' ' ||
        coalesce((SELECT text FROM term WHERE id = time_text), time_text) FROM observation ORDER BY row" >rows.txt
    [ "$(sed -n 1p rows.txt)" = "2025-05-06 21:00:00 2025-05-07 05:00:00 Tuesday night" ]
    says "$(sed -n 2p rows.txt)" "yesterday"
    # The column of the day of writing by name.
    printf 'latitude,longitude,when,filled in\n51.4581,-0.1234,last Friday 9pm,2025-05-08\n' >x.csv
    both castmap import x.csv --map time=when --map "written=filled in" --json
    code_is 0
    [ "$(sqlite3 town.castmap.sqlite "SELECT datetime(from_s, 'unixepoch') FROM observation ORDER BY id DESC LIMIT 1")" = "2025-05-02 20:00:00" ]
}
