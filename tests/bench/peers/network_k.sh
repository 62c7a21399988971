# K along streets in R's spatstat (Debian: r-cran-spatstat.linnet), corrected for the network's shape; the same streets, events and distances. It counts
# points within a thousandth of the shortest street as one, so its value differs in the fourth digit.
if ! Rscript -e 'library(spatstat.linnet)' > /dev/null 2>&1; then
    printf 'skip\tspatstat.linnet is not installed (tools/bench.sh --peers)\n'
    exit 0
fi
"$CASTMAP_BENCH_BUILD"/tests/bench/write_work_set network 41 1000 "$CASTMAP_BENCH_WORK/network.csv"
Rscript - "$CASTMAP_BENCH_WORK/network.csv" << 'END'
suppressMessages(library(spatstat.linnet))
rows <- read.csv(commandArgs(TRUE)[1], header = FALSE, col.names = c("kind", "a", "b"))
node <- rows[rows$kind == "node", ]; edge <- rows[rows$kind == "edge", ]; event <- rows[rows$kind == "event", ]
L <- linnet(ppp(node$a, node$b, window = owin(range(node$a) + c(-1, 1), range(node$b) + c(-1, 1))), edges = as.matrix(edge[, 2:3]) + 1)
# spatstat may turn a segment round or move it: found again by its two ends
key <- function(from, to) paste(pmin(from, to), pmax(from, to))
at <- match(key(edge$a + 1, edge$b + 1), key(L$from, L$to))
seg <- at[event$a + 1]
tp <- ifelse(L$from[seg] == edge$a[event$a + 1] + 1, event$b, 1 - event$b)
X <- lpp(data.frame(seg = seg, tp = tp), L)
begun <- proc.time()[["elapsed"]]
K <- linearK(X, r = seq(0, 5000, length.out = 51), correction = "Ang")
cat(sprintf("peer\tnetwork k\t1000\tspatstat.linnet linearK\t%.3f\n", proc.time()[["elapsed"]] - begun))
cat(sprintf("check\tnetwork k\t%.9g\n", K$est[51]))
END
