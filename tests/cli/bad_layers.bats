#!/usr/bin/env bats
# What bad GeoJSON, names that are no files and GeoPackages that run something get, through the command. The number of a test is that of its row in the list of
# bad inputs (C); bad-inputs.md beside this folder says where the other rows are.
load helper

HEAD='{"type":"FeatureCollection","features":['
POINT='"geometry":{"type":"Point","coordinates":[-4.0801,53.7501]}'

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    export EMPTY=$BATS_FILE_TMPDIR/empty.castmap.sqlite
    "${CASTMAP_BIN:-$(cd "$BATS_TEST_DIRNAME/../.." && pwd)/build/dev/tools/castmap/castmap}" -q init empty.castmap.sqlite --time-zone Europe/London >/dev/null
}

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    cp "$EMPTY" town.castmap.sqlite
}

need() {
    for tool in "$@"; do
        command -v "$tool" >/dev/null || skip "$tool is not here"
    done
}

untouched() {
    cmp -s "$EMPTY" town.castmap.sqlite || { echo "the project changed" >&2; return 1; }
}

# The command ends with this code and these words, in three lines and as an object, within a minute, and the project is as it was.
refused() { # code, words, command...
    local code=$1 words=$2
    shift 2
    both timeout 60 "$CASTMAP_BIN" -q "$@"
    code_is "$code" || { echo "$*" >&2; return 1; }
    says "$err" "$words"
    [ "$(grep -c -e '^castmap: ' -e '^  where: ' -e '^  to do: ' err.txt)" -eq 3 ] && [ "$(wc -l <err.txt)" -eq 3 ] || { cat err.txt >&2; return 1; }
    untouched
    both timeout 60 "$CASTMAP_BIN" -q --json "$@"
    code_is "$code"
    jq -e --argjson code "$code" --arg words "$words" '.error.exit == $code and (.error | [.what, .where, .to_do] | join(" ") | contains($words))' out.txt >/dev/null ||
        { cat out.txt >&2; return 1; }
    untouched
}

counts() { # read accepted duplicate quarantined
    local got
    got=$(jq -r '.files[0] | "\(.read) \(.accepted) \(.duplicate) \(.quarantined)"' out.txt)
    [ "$got" = "$1" ] || { echo "rows: $got, not $1" >&2; cat out.txt err.txt >&2; return 1; }
}

# The code of a command and the most memory that it and its children held at once, in MiB.
peak() { # command...
    python3 -c 'import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=open("out.txt", "w"), stderr=open("err.txt", "w"), timeout=60).returncode
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)' "$@"
}

@test "C05 properties nested 200,000 deep: refused at once" {
    need python3
    python3 -c 'print("""{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":""" + "[" * 200000 + "]" * 200000 + """},"geometry":null}]}""")' >deep.geojson
    refused 4 "nested more than 64 deep" import deep.geojson
    says "$(jq -r .error.where out.txt)" "deep.geojson:feature 1"
    refused 4 "nested too deeply" boundaries add deep.geojson
    read -r code most <<<"$(peak "$CASTMAP_BIN" import deep.geojson)"
    [ "$code" -eq 4 ]
    [ "$most" -le 512 ]
}

@test "C06 collections of geometries nested 5,000 deep: refused" {
    need python3
    python3 -c 'print("""{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":""" +
        """{"type":"GeometryCollection","geometries":[""" * 5000 + "]}" * 5000 + "}]}")' >nest.geojson
    refused 4 "nested more than 64 deep" import nest.geojson
    refused 4 "nested too deeply" boundaries add nest.geojson
}

@test "C08 more than a million vertices in one feature: refused by the limit, which is named" {
    need python3
    python3 -c 'print("""{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"A","name":"A"},"geometry":{"type":"Polygon","coordinates":[[""" +
        ",".join("[%.5f,53.7]" % (-4 + i * 1e-5) for i in range(1000000)) + """,[-4,53.8],[-4,53.7]]]}}]}""")' >vertices.geojson
    refused 4 "longer than 1 MiB" import vertices.geojson
    refused 4 "more than 1000000 vertices" boundaries add vertices.geojson
}

@test "C09 a file of 300 MB: every feature, or a limit by name; never more than half a gigabyte of memory" {
    awk -v head="$HEAD" 'BEGIN {
        fill = sprintf("%900s", ""); gsub(/ /, "x", fill); print head
        for (i = 1; i <= 300000; i++)
            printf "%s{\"type\":\"Feature\",\"properties\":{\"id\":\"%d\",\"x\":\"%s\"},\"geometry\":{\"type\":\"Point\",\"coordinates\":[%.5f,%.5f]}}\n", (i > 1 ? "," : ""), i, fill,
                -4 + (i % 1009) / 1e4, 53 + (i % 997) / 1e4
        print "]}" }' >large.geojson
    [ "$(stat -c %s large.geojson)" -gt 290000000 ]
    read -r code most <<<"$(peak "$CASTMAP_BIN" -q --json import large.geojson)"
    [ "$most" -le 512 ] || { echo "$most MiB" >&2; return 1; }
    if [ "$code" -eq 0 ]; then
        counts "300000 300000 0 0"
    else
        [ "$code" -eq 4 ]
        jq -e '.error.what | test("[MG]i?B")' out.txt
        untouched
    fi
}

@test "C10 one property of several kinds: text by rule, as written, and the dry run says so" {
    { printf '%s' "$HEAD"
      n=0
      for value in '"x"' 5 true null '[1]' '{"b": 2}' 1.50; do
          n=$((n + 1))
          printf '%s{"type":"Feature","properties":{"date":"2025-01-0%d","category":%s},%s}' "$([ $n -eq 1 ] || echo ,)" $n "$value" "$POINT"
      done
      echo ']}'; } >mixed.geojson
    both castmap -q --json import mixed.geojson
    code_is 0
    counts "7 7 0 0"
    jq -e '.files[0].guesses[] | select(.what == "values") | .value == "text, as written"' out.txt
    [ "$(sqlite3 town.castmap.sqlite "SELECT group_concat(name, '|') FROM (SELECT name FROM category ORDER BY name)")" = '1.50|5|[1]|true|x|{"b": 2}' ]
}

@test "C11 numbers that no double holds: kept to the letter, or refused; never rounded" {
    { printf '%s' "$HEAD"
      n=0
      for value in 9007199254740993 1e308 -0.0 123456789012345678901234567890; do
          n=$((n + 1))
          printf '%s{"type":"Feature","properties":{"date":"2025-01-0%d","n":%s},%s}' "$([ $n -eq 1 ] || echo ,)" $n "$value" "$POINT"
      done
      echo ']}'; } >numbers.geojson
    both castmap -q --json import numbers.geojson --map keep=n
    code_is 0
    counts "4 4 0 0"
    sqlite3 town.castmap.sqlite 'SELECT extra FROM observation_detail ORDER BY row' | grep -oE '[-0-9.e]+' >kept.txt
    [ "$(tr '\n' ' ' <kept.txt)" = "9007199254740993 1e308 -0.0 123456789012345678901234567890 " ]
    cp "$EMPTY" town.castmap.sqlite
    # As a coordinate a number must be one.
    printf '%s{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[-4.08,1e309]}}]}' "$HEAD" >place.geojson
    both castmap -q --json import place.geojson
    code_is 3
    counts "1 0 0 1"
    printf '%s{"type":"Feature","properties":{"n":1e309},"geometry":null}]}' "$HEAD" >area.geojson
    cp "$EMPTY" town.castmap.sqlite
    refused 4 "a number is too large" boundaries add area.geojson
}

# No name of these is opened; the trace of the system calls is in tests/fault/hostile_inputs.sh.
each_command() { # code, words, name
    for words in import "boundaries add" "streets add" "tracks add" "places add" flows; do
        # shellcheck disable=SC2086
        refused "$1" "$2" $words -- "$3" || { echo "$words $3" >&2; return 1; }
    done
}

@test "C18 addresses are no files: wrong use, for every command that reads" {
    for name in http://127.0.0.1:9/x.geojson https://127.0.0.1:9/x.csv GeoJSON:http://127.0.0.1:9/x /vsicurl/http://127.0.0.1:9/x.geojson \
        /vsizip//vsicurl/http://127.0.0.1:9/x.zip ftp://127.0.0.1/x.csv "file://$PWD/town.csv"; do
        each_command 2 "" "$name"
    done
}

@test "C19 documents are no file names: wrong use" {
    for name in '{"type":"FeatureCollection","features":[]}' '[]' '<kml/>' '<OGRVRTDataSource/>'; do
        each_command 2 "" "$name"
    done
}

@test "C20 what only GDAL would take for a name: wrong use" {
    for name in /vsisubfile/0_100,x.csv /vsistdin/ /vsimem/x.csv /vsigzip/x.csv.gz PG:host=127.0.0.1 MEM::: CSV:x.csv GPKG:x.gpkg:y; do
        each_command 2 "" "$name"
    done
}

# A GeoPackage of two points, and what sqlite3 makes of it.
package() { # name, sql
    cat >points.csv <<'CSV'
latitude,longitude,date,category
53.7501,-4.0801,2025-01-10,visitors
53.7502,-4.0802,2025-01-11,visitors
CSV
    ogr2ogr -f GPKG "$1.gpkg" points.csv -oo X_POSSIBLE_NAMES=longitude -oo Y_POSSIBLE_NAMES=latitude -a_srs EPSG:4326 -nln points
    sqlite3 "$1.gpkg" "$2" >/dev/null
}

# A table of a module, written into the schema by hand: no module needs to be here for that.
window() { # name, module and its arguments
    package "$1" "PRAGMA writable_schema=1;
        INSERT INTO sqlite_master(type,name,tbl_name,rootpage,sql) VALUES('table','secret','secret',0,'CREATE VIRTUAL TABLE secret USING $2');
        INSERT INTO gpkg_contents(table_name,data_type,identifier) VALUES('secret','attributes','secret');"
}

every_reader() { # words, file
    for words in import "boundaries add" "streets add" "tracks add"; do
        # shellcheck disable=SC2086
        refused 4 "$1" $words "$2" || { echo "$words $2" >&2; return 1; }
    done
}

@test "C36 a GeoPackage with a table that is a window to another file: refused before it is opened, table and module named" {
    need ogr2ogr sqlite3
    echo "kept to itself" >secret.txt
    window text "VirtualText(''$PWD/secret.txt'', UTF-8, 1, POINT, DOUBLEQUOTE, '','')"
    every_reader '"secret"' text.gpkg
    refused 4 virtualtext import text.gpkg
    ! grep -q "kept to itself" out.txt err.txt
}

@test "C37 the same with every other module that reads files, or that may not be there" {
    need ogr2ogr sqlite3
    for module in VirtualShape VirtualXL VirtualGPKG VirtualOGR VirtualDbf VirtualGeoJSON VirtualElementary dbstat fts3 fts4 fts5 csv zipfile fsdir; do
        window "$module" "$module(''x'')"
        refused 4 "$module" import "$module.gpkg"
        refused 4 "$module" boundaries add "$module.gpkg"
    done
}

@test "C38 a GeoPackage with a view, whatever it calls and however long it would take: refused within a second" {
    need ogr2ogr sqlite3
    local n=0
    for select in "load_extension('x.so') AS a" "writefile('/tmp/castmap-evil', 'x') AS a" "(WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c) AS a"; do
        n=$((n + 1))
        package "view$n" "CREATE VIEW evil AS SELECT fid, geom, $select FROM points;
            INSERT INTO gpkg_contents(table_name,data_type,identifier,srs_id) VALUES('evil','features','evil',4326);
            INSERT INTO gpkg_geometry_columns VALUES('evil','geom','POINT',4326,0,0);"
        every_reader 'view "evil"' "view$n.gpkg"
        timeout 2 "$CASTMAP_BIN" -q import "view$n.gpkg" 2>/dev/null || [ $? -eq 4 ]
    done
    [ ! -e /tmp/castmap-evil ]
}
