# sqlite3 .import of the same rows with an index of postcodes, and ogr2ogr to SpatiaLite; neither checks a code nor turns a grid position into degrees.
n=1700000
[ "$CASTMAP_BENCH_MAX" -lt 1000000 ] && n=10000
csv=$CASTMAP_BENCH_WORK/postcodes.csv
"$CASTMAP_BENCH_BUILD"/tests/bench/write_work_set postcodes $n "$csv"
peer() { # label, begun, ended
    awk -v n=$n -v label="$1" -v a="$2" -v b="$3" 'BEGIN { printf "peer\tplaces add\t%d\t%s\t%.4f\n", n, label, b - a }'
}
if command -v sqlite3 > /dev/null; then
    begun=$(date +%s.%N)
    sqlite3 "$CASTMAP_BENCH_WORK/postcodes.sqlite" 'CREATE TABLE postcode (code TEXT, quality INTEGER, x INTEGER, y INTEGER, a, b, c, d, e, f)' \
        '.mode csv' ".import $csv postcode" 'CREATE INDEX postcode_code ON postcode (code)'
    peer "sqlite3 .import, indexed" "$begun" "$(date +%s.%N)"
else
    printf 'skip\tsqlite3 is not installed\n'
fi
if command -v ogr2ogr > /dev/null; then
    begun=$(date +%s.%N)
    ogr2ogr -f SQLite -dsco SPATIALITE=YES -lco SPATIAL_INDEX=YES -s_srs EPSG:27700 -t_srs EPSG:4326 -oo HEADERS=NO -oo X_POSSIBLE_NAMES=field_3 \
        -oo Y_POSSIBLE_NAMES=field_4 "$CASTMAP_BENCH_WORK/postcodes-ogr.sqlite" "$csv"
    peer "ogr2ogr to SpatiaLite" "$begun" "$(date +%s.%N)"
else
    printf 'skip\togr2ogr is not installed (tools/bench.sh --peers)\n'
fi
