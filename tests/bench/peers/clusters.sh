# OPTICS of R's dbscan package (Debian: r-cran-dbscan) on the points of the work sets; one thread, it has no more. ST-DBSCAN and NNH have no
# peer among Debian's packages.
if ! command -v Rscript > /dev/null || ! Rscript -e 'quit(status = !requireNamespace("dbscan", quietly = TRUE))' 2> /dev/null; then
    printf 'skip\tR with its dbscan package is not installed (tools/bench.sh --peers)\n'
    exit 0
fi
n=1000000
[ "$CASTMAP_BENCH_MAX" -lt $n ] && n=$CASTMAP_BENCH_MAX
"$CASTMAP_BENCH_BUILD"/tests/bench/write_work_set points $n "$CASTMAP_BENCH_WORK/clusters.bin"
Rscript - "$CASTMAP_BENCH_WORK/clusters.bin" $n << 'END'
library(dbscan)
argument <- commandArgs(TRUE)
n <- as.integer(argument[2])
points <- matrix(readBin(argument[1], "double", 2 * n), ncol = 2, byrow = TRUE)
seconds <- system.time(optics(points, eps = 100, minPts = 20))["elapsed"]
cat(sprintf("peer\toptics eps-100-min-20\t%d\tR dbscan\t%.4f\n", n, seconds))
END
