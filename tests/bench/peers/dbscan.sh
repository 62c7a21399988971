# R's dbscan package (Debian: r-cran-dbscan) on the points of the work sets; one thread, it has no more.
if ! command -v Rscript > /dev/null || ! Rscript -e 'quit(status = !requireNamespace("dbscan", quietly = TRUE))' 2> /dev/null; then
    printf 'skip\tR with its dbscan package is not installed (tools/bench.sh --peers)\n'
    exit 0
fi
n=1000000
[ "$CASTMAP_BENCH_MAX" -lt $n ] && n=$CASTMAP_BENCH_MAX
"$CASTMAP_BENCH_BUILD"/tests/bench/write_work_set points $n "$CASTMAP_BENCH_WORK/points.bin"
"$CASTMAP_BENCH_BUILD"/tests/bench/write_work_set police "$CASTMAP_BENCH_WORK/police.bin"
[ -s "$CASTMAP_BENCH_WORK/police.bin" ] || printf 'skip\tthe real police points: ../shared/data is not there\n'
Rscript - "$CASTMAP_BENCH_WORK/points.bin" $n "$CASTMAP_BENCH_WORK/police.bin" << 'END'
library(dbscan)
argument <- commandArgs(TRUE)
measure <- function(task, file, n) {
    points <- matrix(readBin(file, "double", 2 * n), ncol = 2, byrow = TRUE)
    for (setting in list(c(100, 20), c(50, 10))) {
        seconds <- system.time(dbscan(points, eps = setting[1], minPts = setting[2]))["elapsed"]
        cat(sprintf("peer\t%s eps-%g-min-%g\t%d\tR dbscan\t%.4f\n", task, setting[1], setting[2], nrow(points), seconds))
    }
}
measure("dbscan", argument[1], as.integer(argument[2]))
police <- file.size(argument[3]) / 16
if (police > 0) measure("dbscan police", argument[3], police)
END
