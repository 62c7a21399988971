#!/bin/bash
# Names and files that mean harm, given to the command while its system calls are traced: nothing is opened but the file that was
# named, the project and what the system's libraries keep for themselves, and no connection is tried.
# Usage: hostile_inputs.sh PROGRAM TOP
set -u
castmap=$1
top=$2
for tool in strace sqlite3 ogr2ogr; do
    command -v $tool >/dev/null || { echo "skipped: $tool is not here"; exit 77; }
done
strace -o /dev/null true 2>/dev/null || { echo "skipped: this machine does not let programs be traced"; exit 77; }
work=$(mktemp -d) || exit 1
work=$(realpath "$work")
trap 'rm -rf "$work"' EXIT
mkdir "$work/home" "$work/data"
cd "$work/data" || exit 1
# The leak checker of sanitizer builds cannot work in a traced process.
export LC_ALL=C HOME=$work/home PROJ_NETWORK=ON ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
unset LD_LIBRARY_PATH XDG_DATA_HOME CASTMAP_PROJECT
builds=$(dirname "$(dirname "$(dirname "$(realpath "$castmap")")")")
failures=0
tried=0

fail() {
    echo "FAILED: $*"
    failures=$((failures + 1))
}

# What may be opened besides the names given: the system's own, the engine beside the program, the project and its journal.
foreign() { # names allowed, one a line, on descriptor 3
    awk -v build="$builds/" -v home="$HOME/" -v project="$work/data/town.castmap.sqlite" -v made="$work/data/made.tmp-" '
        BEGIN { while ((getline line < "/dev/fd/3") > 0) allowed[line] = 1 }
        !/(open|openat|openat2|creat)\(/ { next }
        {
            if (!match($0, /"([^"\\]|\\.)*"/)) next
            name = substr($0, RSTART + 1, RLENGTH - 2)
            if (name in allowed) next
            if (name ~ "^/(usr|lib|lib64|proc|sys|etc/ld\\.so|etc/fonts|etc/localtime|etc/ssl/openssl|var/cache/fontconfig)") next
            if (name ~ "^/dev/(null|urandom|random)$" || name == "/etc/gnutls/config" || name == "/etc/gai.conf") next
            if (name ~ "^made\\.tmp-" || name == "internal" || name == "partner" || name == "public") next # where make is at work
            if (index(name, build) == 1 || index(name, home) == 1) next
            if (name == project || name == project "-journal" || index(name, made) == 1) next
            if ($0 ~ /O_DIRECTORY|O_PATH/ && name == ".") next
            if (name "/" == substr(project, 1, length(name) + 1)) next # its folder, to be made durable
            print name
        }' "$1"
}

# traced CODES WHAT NAMES... -- command and options: runs it, and holds it to the names (files it may open, relative as they are given)
traced() {
    local codes=$1 what=$2 names=() code
    shift 2
    while [ "$1" != -- ]; do names+=("$1"); shift; done
    shift
    tried=$((tried + 1))
    timeout 60 strace -f -q -s 300 -o "$work/trace" -e trace=open,openat,openat2,creat,socket,connect,sendto,sendmsg,execve \
        "$castmap" "$@" </dev/null >"$work/out" 2>"$work/err"
    code=$?
    case " $codes " in
        *" $code "*) ;;
        *) fail "$what: ended with $code, not $codes: $(tail -n 3 "$work/err" | tr '\n' ' ')" ;;
    esac
    # The resolver, a connection, or another program.
    if grep -qE '(socket|connect|sendto|sendmsg)\(' "$work/trace"; then
        fail "$what: tried to connect: $(grep -E '(socket|connect|sendto|sendmsg)\(' "$work/trace" | head -n 1)"
    fi
    [ "$(grep -c 'execve(' "$work/trace")" -eq 1 ] || fail "$what: started another program"
    local opened
    opened=$(foreign "$work/trace" 3< <(printf '%s\n' ${names[@]+"${names[@]}"}) | LC_ALL=C sort -u | head -n 5 | tr '\n' ' ')
    [ -z "$opened" ] || fail "$what: opened $opened"
    if grep -qE 'kept-to-itself|AddressSanitizer|runtime error' "$work/out" "$work/err"; then
        fail "$what: said what another file holds, or was caught by a sanitizer"
    fi
}

# --- what the names lead to -------------------------------------------------------------------------------------------------------------
printf 'latitude,longitude,date,category\n53.7500,-4.0800,2025-01-10,kept-to-itself\n' >secret.csv
printf 'id,latitude,longitude,date,category\n1,53.7512,-4.0811,2025-01-10,visitors\n2,53.7533,-4.0833,2025-01-11,visitors\n' >good.csv
cp "$top/data/sample/wards.geojson" wards.geojson
cat >secret.geojson <<'JSON'
{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"S1","name":"kept-to-itself"},"geometry":{"type":"Polygon","coordinates":[[[-4.1,53.7],[-4.0,53.7],[-4.0,53.8],[-4.1,53.8],[-4.1,53.7]]]}}]}
JSON
"$castmap" init town >/dev/null 2>&1 && "$castmap" boundaries add wards.geojson >/dev/null 2>&1 || fail "no project to work on"
content() {
    sqlite3 town.castmap.sqlite 'SELECT count(*) FROM observation; SELECT count(*) FROM batch; SELECT count(*) FROM area; SELECT count(*) FROM run;' | tr '\n' ' '
}
before=$(content)

# The test itself can fail: another file is noticed, and so is a connection.
strace -f -q -o "$work/trace" -e trace=open,openat cat secret.csv >/dev/null
[ "$(foreign "$work/trace" 3</dev/null)" = secret.csv ] || fail "an opened file is not noticed"

# --- names that are no files --------------------------------------------------------------------------------------------------------------
names=(
    'http://127.0.0.1:9/secret.geojson' 'https://127.0.0.1:9/secret.csv' 'ftp://127.0.0.1/secret.csv' "file://$PWD/secret.csv"
    '/vsicurl/http://127.0.0.1:9/secret.geojson' '/vsizip//vsicurl/http://127.0.0.1:9/a.zip' '/vsis3/bucket/secret.csv'
    '/vsistdin/' '/vsigzip/secret.csv' '/vsisubfile/0_100,secret.csv' '/vsimem/secret.csv' '/vsizip/secret.zip/secret.csv' '/vsitar/secret.tar'
    'GeoJSON:secret.geojson' 'GeoJSON:http://127.0.0.1:9/x' 'CSV:secret.csv' 'GPKG:secret.gpkg:layer' 'PG:host=127.0.0.1' 'MEM:::'
    'WFS:http://127.0.0.1:9/' 'OAPIF:http://127.0.0.1:9/' 'MVT:http://127.0.0.1:9/' 'ESRIJSON:http://127.0.0.1:9/' 'SQLITE:secret.sqlite:x'
    '{"type":"FeatureCollection","features":[]}' '[]' '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>secret.csv</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>' ''
)
for name in "${names[@]}"; do # C18 C19 C20
    for words in import "boundaries add" "streets add" "tracks add" "places add" flows; do
        # shellcheck disable=SC2086
        traced "2" "$words $name" -- $words -- "$name"
    done
done
for name in "${names[0]}" "${names[4]}" "${names[13]}" "${names[24]}" "${names[26]}"; do
    for option in --backdrop --streets --places --buildings --population --categories; do
        traced "2" "make $option $name" good.csv wards.geojson town wards "$work/data" -- make good.csv -b wards.geojson -o made "$option" "$name"
    done
    traced "2" "population $name" wards.geojson -- boundaries add -n wards.geojson --population "$name"
    traced "2" "categories $name" good.csv -- import -n good.csv --categories "$name"
done

# --- files that are no regular files; a pipe must not make it wait -----------------------------------------------------------------------------
mkfifo pipe.csv pipe.geojson
mkdir folder.csv folder.geojson
ln -s secret.csv link.csv
ln -s secret.geojson link.geojson
for name in pipe folder link; do
    for words in import "places add" flows "tracks add"; do
        [ "$name $words" != "folder places add" ] || continue # a folder of tables is welcome there
        # shellcheck disable=SC2086
        traced "5" "$words of a $name" "$name.csv" -- $words "$name.csv"
    done
    for words in "boundaries add" "streets add" "tracks add"; do
        # shellcheck disable=SC2086
        traced "5" "$words of a $name" "$name.geojson" -- $words "$name.geojson"
    done
done
traced "5" "import a device" /dev/zero -- import /dev/zero
traced "5" "boundaries from a device" /dev/zero -- boundaries add /dev/zero
traced "5" "import standard input by its device" /dev/stdin -- import /dev/stdin

# --- files that lead to other files ---------------------------------------------------------------------------------------------------------------
cat >vrt.xml <<'XML'
<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource relativeToVRT="1">secret.geojson</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>
XML
# C16, and C17: with SQL, and with an address.
sed 's/relativeToVRT="1"//; s|secret.geojson</SrcDataSource>|secret.geojson</SrcDataSource><SrcSQL>SELECT * FROM secret</SrcSQL>|' vrt.xml >sql.xml
sed 's|secret.geojson|/vsicurl/http://127.0.0.1:9/secret.geojson|' vrt.xml >curl.xml
for kind in vrt sql curl; do
    for end in geojson csv gpkg shp zip json vrt gpx kml pbf; do
        cp $kind.xml "disguised.$end"
        beside=(disguised.shx disguised.dbf disguised.prj disguised.cpg)
        traced "4" "a $kind named .$end as observations" "disguised.$end" -- import "disguised.$end"
        traced "4 5" "a $kind named .$end as places" "disguised.$end" -- places add "disguised.$end"
        traced "4 5" "a $kind named .$end as movements" "disguised.$end" -- flows "disguised.$end"
        for words in "boundaries add" "streets add" "tracks add"; do
            # shellcheck disable=SC2086
            traced "4 5" "$words of a $kind named .$end" "disguised.$end" "${beside[@]}" -- $words "disguised.$end"
        done
        rm "disguised.$end"
    done
done
cat >entity.geojson <<XML
<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY x SYSTEM "file://$PWD/secret.csv">]><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>&x;</name></Placemark></Document></kml>
XML
cp entity.geojson entity.csv
traced "4" "an external entity as boundaries" entity.geojson -- boundaries add entity.geojson
traced "4" "an external entity as observations" entity.csv -- import entity.csv
# The same through the readers of KML, GPX and workbooks.
for end in kml gpx; do
    root=$end
    printf '<?xml version="1.0"?><!DOCTYPE %s [<!ENTITY x SYSTEM "file://%s/secret.csv">]><%s><name>&x;</name></%s>' $root "$PWD" $root $root >entity.$end
    printf '<?xml version="1.0"?><!DOCTYPE %s SYSTEM "http://127.0.0.1:9/x.dtd"><%s/>' $root $root >outside.$end
    printf '<?xml version="1.0"?><!DOCTYPE %s [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><%s><name>&c;</name></%s>' $root $root $root >laughs.$end
    for what in entity outside laughs; do
        for words in import "tracks add" "boundaries add" "streets add"; do
            # shellcheck disable=SC2086
            traced "4" "C21 C22 C23 $words of $what in $end" $what.$end -- $words $what.$end
        done
    done
done
printf '<kml xmlns:xi="http://www.w3.org/2001/XInclude"><Document><xi:include href="secret.csv"/><NetworkLink><Link><href>secret.kml</href></Link></NetworkLink></Document></kml>' >link.kml
traced "4" "C25 a KML that only links" link.kml -- import link.kml
printf '<kml><Document><NetworkLink><Link><href>http://127.0.0.1:9/x.kml</href></Link></NetworkLink><Placemark><Point><coordinates>-4.08,53.75</coordinates></Point></Placemark><GroundOverlay><Icon><href>secret.csv</href></Icon></GroundOverlay></Document></kml>' >links.kml
traced "0" "C25 a KML with a place and links" links.kml -- import -n links.kml
if command -v python3 >/dev/null; then
    pack() { python3 -W ignore -c "import sys, zipfile
z = zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED)
$2
z.close()" "$1"; }
    pack entity.xlsx "z.writestr('xl/workbook.xml', open('entity.kml').read())"
    pack entity.ods "z.writestr('mimetype', 'application/vnd.oasis.opendocument.spreadsheet'); z.writestr('content.xml', open('entity.kml').read())"
    pack entity.kmz "z.writestr('doc.kml', open('entity.kml').read())"
    pack climbs.kmz "z.writestr('../../evil.kml', '<kml/>')"
    pack bomb.kmz "z.writestr('doc.kml', b' ' * (90 << 20))"
    pack bomb.xlsx "z.writestr('xl/workbook.xml', b'<x/>'); z.writestr('xl/worksheets/sheet1.xml', b' ' * (90 << 20))"
    pack many.kmz "[z.writestr('e%d' % i, b'') for i in range(10001)]"
    pack bomb.csv.zip "z.writestr('a.csv', b'postcode,lat,lon\\n' + b'x' * (90 << 20))"
    for name in entity.xlsx entity.ods entity.kmz climbs.kmz bomb.kmz bomb.xlsx many.kmz bomb.csv.zip; do
        for words in import "boundaries add" "streets add" "tracks add" "places add"; do
            # shellcheck disable=SC2086
            traced "4" "C21 C26 C27 $words of $name" $name -- $words $name
        done
    done
else
    fail "no python3 to make zips with"
fi
linked() { # file, crs of the collection, crs of the geometry
    printf '{"type":"FeatureCollection"%s,"features":[{"type":"Feature","properties":{"code":"A","name":"A"},"geometry":{"type":"Polygon"%s,"coordinates":[[[-4.1,53.7],[-4.0,53.7],[-4.0,53.8],[-4.1,53.7]]]}}]}' "$2" "$3" >"$1"
}
link='{"type":"link","properties":{"href":"http://127.0.0.1:9/crs.wkt","type":"ogcwkt"}}'
linked link1.geojson ",\"crs\":$link" ''
linked link2.geojson '' ",\"CRS\":$link"
linked link3.geojson ',"c\u0072s":{"type":"l\u0069nk","properties":{"href":"http://127.0.0.1:9/crs.wkt"}}' ''
linked link4.geojson ',"crs":{"type":"name","properties":{"name":"http://127.0.0.1:9/crs.wkt"}}' ''
for i in 1 2 3; do traced "4" "a coordinate system by a link ($i)" link$i.geojson -- boundaries add link$i.geojson; done
linked link5.geojson ',"crs":{"type":"name","properties":{"name":"secret.wkt"}}' ''
linked link6.geojson ',"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::99999"}}' ''
for i in 4 5 6; do traced "4" "a coordinate system nobody knows ($i)" link$i.geojson -- boundaries add link$i.geojson; done

# A GeoPackage whose table is a window to a text file, and one whose view is.
ogr2ogr -q -f GPKG window.gpkg wards.geojson -nln wards
cp window.gpkg view.gpkg
cp window.gpkg trigger.gpkg
sqlite3 window.gpkg >/dev/null 2>&1 <<SQL
PRAGMA writable_schema=1;
INSERT INTO sqlite_master(type,name,tbl_name,rootpage,sql) VALUES('table','secret','secret',0,'CREATE VIRTUAL TABLE secret USING VirtualText(''$PWD/secret.csv'', UTF-8, 1, POINT, DOUBLEQUOTE, '','')');
INSERT INTO gpkg_contents(table_name,data_type,identifier) VALUES('secret','attributes','secret');
SQL
sqlite3 view.gpkg "CREATE VIEW secret AS SELECT fid, geom, readfile('$PWD/secret.csv') AS code FROM wards; INSERT INTO gpkg_contents(table_name,data_type,identifier,srs_id) VALUES('secret','features','secret',4326); INSERT INTO gpkg_geometry_columns VALUES('secret','geom','POLYGON',4326,0,0);"
sqlite3 trigger.gpkg "CREATE TRIGGER bite AFTER INSERT ON wards BEGIN SELECT load_extension('$PWD/secret.so'); END;"
ogr2ogr -q -f GPKG system.gpkg wards.geojson -nln wards
sqlite3 system.gpkg "INSERT INTO gpkg_spatial_ref_sys VALUES('far',9999,'far',9999,'http://127.0.0.1:9/crs.wkt',''); UPDATE gpkg_geometry_columns SET srs_id=9999; UPDATE gpkg_contents SET srs_id=9999;"
traced "3 4" "a GeoPackage whose coordinate system is an address" system.gpkg -- boundaries add system.gpkg
for name in window view trigger; do # C36 C38 C39
    for words in import "boundaries add" "streets add" "tracks add"; do
        # shellcheck disable=SC2086
        traced "4" "$words of a GeoPackage with a $name" "$name.gpkg" -- $words "$name.gpkg"
    done
done
traced "6" "a GeoPackage as the project" "$PWD/window.gpkg" -- info -p window.gpkg

# A project somebody sent, with a window of its own.
mkdir sent
cp town.castmap.sqlite sent/sent.castmap.sqlite
sqlite3 sent/sent.castmap.sqlite >/dev/null 2>&1 <<SQL
PRAGMA writable_schema=1;
INSERT INTO sqlite_master(type,name,tbl_name,rootpage,sql) VALUES('table','secret','secret',0,'CREATE VIRTUAL TABLE secret USING VirtualText(''$PWD/secret.csv'', UTF-8, 1, POINT, DOUBLEQUOTE, '','')');
SQL
sent=$PWD/sent/sent.castmap.sqlite
traced "6" "a project with a window" "$sent" "$sent-journal" -- info -p "$sent"
traced "6" "a project with a window, to be written to" "$sent" "$sent-journal" good.csv -- import -p "$sent" good.csv

# A zip that grows a thousandfold.
awk 'BEGIN { print "WKT,code,name"; for (i = 0; i < 60000; i++) printf "\"POLYGON((0 0,1 0,1 1,0 0))\",A%d,\n", i }' >large.csv
if ogr2ogr -q -f "ESRI Shapefile" bomb.shz large.csv -nln bomb -a_srs EPSG:4326 -sql "SELECT code, CAST(name AS character(254)) AS a, CAST(name AS character(254)) AS b, CAST(name AS character(254)) AS c, CAST(name AS character(254)) AS d FROM large" 2>/dev/null && mv bomb.shz bomb.zip; then
    for words in import "boundaries add" "streets add" "tracks add" "places add"; do
        # shellcheck disable=SC2086
        traced "4" "$words of a zip bomb" bomb.zip -- $words bomb.zip
    done
else
    fail "no zip bomb to try"
fi

[ "$(content)" = "$before" ] || fail "the project changed: $(content)"
[ ! -e made ] && [ -z "$(find . -name 'made*')" ] || fail "a refused make left its folder"
if sqlite3 town.castmap.sqlite .dump | grep -q kept-to-itself; then fail "the project holds what another file says"; fi

# --- what is welcome opens no more ------------------------------------------------------------------------------------------------------------------
traced "0" "good observations" good.csv "$work/data" -- import good.csv
printf '<kml><Placemark><Point><coordinates>-4.0833,53.7533</coordinates></Point></Placemark></kml>' >good.kml
traced "0" "a good KML" good.kml "$work/data" -- import good.kml
ogr2ogr -q -f XLSX good.xlsx good.csv && ogr2ogr -q -f GPKG points.gpkg good.csv -oo X_POSSIBLE_NAMES=longitude -oo Y_POSSIBLE_NAMES=latitude -a_srs EPSG:4326
traced "0" "a good workbook" good.xlsx "$work/data" -- import -n good.xlsx
traced "0" "a good layer of points" points.gpkg "$work/data" -- import -n points.gpkg
mkdir records && cp good.csv good.kml records/
traced "0" "a good folder" records records/good.csv records/good.kml "$work/data" -- import -n records
traced "0" "good boundaries" wards.geojson "$work/data" -- boundaries add wards.geojson --level other
[ "$(content)" != "$before" ] || fail "the good files did not go in"

echo "$tried commands were traced"
exit $((failures > 0))
