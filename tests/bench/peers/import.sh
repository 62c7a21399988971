# ogr2ogr (Debian: gdal-bin) from the same CSV to SpatiaLite with a spatial index; it checks nothing.
if ! command -v ogr2ogr > /dev/null; then
    printf 'skip\togr2ogr is not installed (tools/bench.sh --peers)\n'
    exit 0
fi
n=1000000
[ "$CASTMAP_BENCH_MAX" -lt $n ] && n=$CASTMAP_BENCH_MAX
csv=$CASTMAP_BENCH_WORK/import.csv
"$CASTMAP_BENCH_BUILD"/tests/bench/write_work_set obs $n "$csv"
begun=$(date +%s.%N)
ogr2ogr -f SQLite -dsco SPATIALITE=YES -lco SPATIAL_INDEX=YES -a_srs EPSG:4326 -oo X_POSSIBLE_NAMES=lon -oo Y_POSSIBLE_NAMES=lat \
    -oo AUTODETECT_TYPE=YES "$CASTMAP_BENCH_WORK/import.sqlite" "$csv"
ended=$(date +%s.%N)
awk -v n=$n -v a="$begun" -v b="$ended" 'BEGIN { printf "peer\timport csv\t%d\togr2ogr to SpatiaLite\t%.4f\n", n, b - a }'
