# Equal-split density along streets in R's spatstat (Debian: r-cran-spatstat.linnet), at the events, Epanechnikov; the same streets, events and radius. Its sigma is a
# standard deviation: radius / sqrt(5). It drops ways below 1e-6 of an event. A thousand events on 3,280 streets
# keep it for many minutes, so it gets sixty on 220.
if ! Rscript -e 'library(spatstat.linnet)' > /dev/null 2>&1; then
    printf 'skip\tspatstat.linnet is not installed (tools/bench.sh --peers)\n'
    exit 0
fi
"$CASTMAP_BENCH_BUILD"/tests/bench/write_work_set network 11 60 "$CASTMAP_BENCH_WORK/network_density.csv"
Rscript - "$CASTMAP_BENCH_WORK/network_density.csv" << 'END'
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
for (continuous in c(FALSE, TRUE)) {
    begun <- proc.time()[["elapsed"]]
    d <- densityEqualSplit(X, sigma = 1000 / sqrt(5), kernel = "epanechnikov", continuous = continuous, at = "points", leaveoneout = FALSE, verbose = FALSE)
    form <- if (continuous) "continuous" else "discontinuous"
    cat(sprintf("peer\tnetwork density at events %s\t60\tspatstat.linnet densityEqualSplit\t%.3f\n", form, proc.time()[["elapsed"]] - begun))
    cat(sprintf("check\tnetwork density at events %s\t%.6f\n", form, 1000 * sum(d)))
}
END
