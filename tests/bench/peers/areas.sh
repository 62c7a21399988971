# GEOS, prepared polygons and an STRtree, on one thread: the program is built with the benchmarks.
n=1000000
[ "$CASTMAP_BENCH_MAX" -lt $n ] && n=$CASTMAP_BENCH_MAX
"$CASTMAP_BENCH_BUILD"/tests/bench/peer_geos $n
