# HDBSCAN of R's dbscan package (Debian: r-cran-dbscan) on the points of the work sets; one thread. It holds all distances, so it ends at 10,000.
if ! command -v Rscript > /dev/null || ! Rscript -e 'quit(status = !requireNamespace("dbscan", quietly = TRUE))' 2> /dev/null; then
    printf 'skip\tR with its dbscan package is not installed (tools/bench.sh --peers)\n'
    exit 0
fi
"$CASTMAP_BENCH_BUILD"/tests/bench/write_work_set points 10000 "$CASTMAP_BENCH_WORK/hdbscan.bin"
Rscript - "$CASTMAP_BENCH_WORK/hdbscan.bin" << 'END'
library(dbscan)
points <- matrix(readBin(commandArgs(TRUE)[1], "double", 20000), ncol = 2, byrow = TRUE)
seconds <- system.time(hdbscan(points, minPts = 10))["elapsed"]
cat(sprintf("peer\thdbscan min-10\t10000\tR dbscan\t%.4f\n", seconds))
END
