# Kernel density by GRASS GIS (Debian: grass-core), v.kernel, over the same square and number of cells. One thread, it has no more.
if ! command -v grass > /dev/null; then
    printf 'skip\tGRASS GIS is not installed (tools/bench.sh --peers)\n'
    exit 0
fi
n=1000000
[ "$CASTMAP_BENCH_MAX" -lt $n ] && n=$CASTMAP_BENCH_MAX
"$CASTMAP_BENCH_BUILD"/tests/bench/write_work_set points $n "$CASTMAP_BENCH_WORK/grass.bin"
od -An -v -t f8 -w16 "$CASTMAP_BENCH_WORK/grass.bin" | awk '{ print $1 "|" $2 }' > "$CASTMAP_BENCH_WORK/grass.txt"
cat > "$CASTMAP_BENCH_WORK/grass-job.sh" << 'END'
set -eu
g.region n=50000 s=0 e=50000 w=0 rows=1109 cols=1109 --quiet
v.in.ascii -t -r input="$CASTMAP_BENCH_WORK/grass.txt" output=points separator=pipe x=1 y=2 --quiet
for kernel in epanechnikov quartic; do
    begun=$(date +%s.%N)
    v.kernel input=points output=heat_$kernel radius=500 kernel=$kernel --quiet --overwrite
    ended=$(date +%s.%N)
    echo "$kernel $begun $ended" >> "$CASTMAP_BENCH_WORK/grass-times.txt"
done
END
grass --tmp-location XY --exec sh "$CASTMAP_BENCH_WORK/grass-job.sh" > /dev/null 2>&1
awk -v n=$n '{ printf "peer\tdensity %s\t%d\tGRASS v.kernel\t%.4f\n", $1, n, $3 - $2 }' "$CASTMAP_BENCH_WORK/grass-times.txt"
