# Values of R's spatstat.linnet for tests/reference/test_network_k_reference.c.
#   Rscript make_network_k_values.R      writes network_k_edges.csv, network_k_events.csv and network_k_values.csv beside itself
# Made with R 4.2.2, spatstat.linnet 3.0-6, spatstat.geom 3.0-6 (Debian 12). No random numbers: places by multiplication modulo 1.
# A crooked grid of 6 x 6 crossings with streets left out, so that there are dead ends and detours.
suppressMessages(library(spatstat.linnet))
side <- 6
i <- 0:(side * side - 1)
x <- round(100 * (i %% side) + 45 * ((i * 0.754877666246693) %% 1), 3)
y <- round(100 * (i %/% side) + 45 * ((i * 0.569840290998053) %% 1), 3)
right <- i[i %% side < side - 1]; up <- i[i %/% side < side - 1]
edges <- rbind(cbind(right, right + 1), cbind(up, up + side))
k <- seq_len(nrow(edges))
edges <- edges[(k * 0.618033988749895) %% 1 > 0.18, ]
L <- linnet(ppp(x, y, window = owin(c(-1, 600), c(-1, 600))), edges = edges + 1)
stopifnot(is.connected(L))
from <- L$from; to <- L$to                                  # the order of spatstat's segments
n <- 90; j <- 1:n
seg <- 1 + floor(length(from) * ((j * 0.754877666246693) %% 1)^1.3)
tp <- round((j * 0.569840290998053) %% 1, 6)
kind <- j %% 3 == 0
ends <- as.psp(L)$ends
write.csv(data.frame(from = from - 1, to = to - 1, x0 = sprintf("%.3f", ends$x0), y0 = sprintf("%.3f", ends$y0),
                     x1 = sprintf("%.3f", ends$x1), y1 = sprintf("%.3f", ends$y1)), "network_k_edges.csv", row.names = FALSE, quote = FALSE)
write.csv(data.frame(edge = seg - 1, part = sprintf("%.6f", tp), kind = as.integer(kind)), "network_k_events.csv", row.names = FALSE, quote = FALSE)
X <- lpp(data.frame(seg = seg, tp = tp), L)
marks(X) <- factor(ifelse(kind, "a", "b"))
r <- seq(0, 300, length.out = 61)
# linearK() counts points within a thousandth of the shortest street as one, here 7.7 cm, and one of 4,005 pairs has a node that near. So its counting
# function is called with a micrometre.
D <- pairdist(unmark(X)); diag(D) <- 0
m <- spatstat.linnet:::DoCountEnds(unmark(X), D, 1e-6)
ang <- sapply(r[-1], function(d) sum((1 / m)[D <= d & row(D) != col(D)]) * volume(L) / (n * (n - 1)))
stopifnot(max(abs(ang - linearK(unmark(X), r = r, correction = "Ang")$est[-1])) < 0.05)
value <- function(f) sprintf("%.12g", f$est[-1])
out <- data.frame(r = sprintf("%.12g", r[-1]),
                  corrected = sprintf("%.12g", ang),
                  plain = value(linearK(unmark(X), r = r, correction = "none")),
                  cross_corrected = value(linearKcross(X, "a", "b", r = r, correction = "Ang")),
                  cross_plain = value(linearKcross(X, "a", "b", r = r, correction = "none")))
write.csv(out, "network_k_values.csv", row.names = FALSE, quote = FALSE)
