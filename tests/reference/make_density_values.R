# Values of R's spatstat for tests/reference/test_density_reference.c.
#   Rscript make_density_values.R      writes density_points.csv and density_values.csv beside itself
# Made with R 4.2.2, spatstat.explore 3.0-6, spatstat.geom 3.0-6, sparr 2.2-17 (Debian 12). No random numbers: points by multiplication modulo 1.
suppressMessages(library(spatstat.explore))
L <- owin(poly = list(x = c(0, 60, 60, 25, 25, 0), y = c(0, 0, 20, 20, 50, 50)) )
i <- 1:400
u <- (i * 0.754877666246693) %% 1; v <- (i * 0.569840290998053) %% 1
x <- 60 * u^1.4; y <- 50 * v^1.7
keep <- inside.owin(x, y, L)
x <- round(x[keep], 4); y <- round(y[keep], 4)
write.csv(data.frame(x = sprintf("%.4f", x), y = sprintf("%.4f", y)), "density_points.csv", row.names = FALSE, quote = FALSE)
X <- ppp(x, y, window = L)
n <- npoints(X)
row <- function(what, a, b, value) data.frame(what = what, a = a, b = b, value = sprintf("%.12g", value))
out <- row("scott", 0, 0, bw.scott.iso(X))
sds <- mean(c(sd(x), sd(y))); iqr <- mean(c(IQR(x), IQR(y))) / 1.34
out <- rbind(out, row("normal_scale", 0, 0, min(sds, iqr) * n^(-1/6)))
d2 <- as.matrix(dist(cbind(x, y)))^2
lscv <- function(s) {
    g <- exp(-d2 / (4 * s^2)); f <- exp(-d2 / (2 * s^2)); diag(f) <- 0
    sum(g) / (n^2 * 4 * pi * s^2) - 2 / n * sum(f) / ((n - 1) * 2 * pi * s^2)
}
out <- rbind(out, row("least_squares", 0, 0, optimize(lscv, c(0.5, 20), tol = 1e-8)$minimum))
# without edge correction the integral is the same for every sigma, so the sum of logarithms decides
plain <- function(s) sum(log(density(X, sigma = s, at = "points", leaveoneout = TRUE, edge = FALSE)))
out <- rbind(out, row("likelihood_plain", 0, 0, optimize(plain, c(0.5, 20), maximum = TRUE, tol = 1e-8)$maximum))
edged <- function(s) sum(log(density(X, sigma = s, at = "points", leaveoneout = TRUE, edge = TRUE, dimyx = 512)))
out <- rbind(out, row("likelihood_edge", 0, 0, optimize(edged, c(0.5, 20), maximum = TRUE, tol = 1e-5)$maximum))
cvl <- function(s) (sum(1 / density(X, sigma = s, at = "points", leaveoneout = FALSE, edge = FALSE)) - area.owin(L))^2
out <- rbind(out, row("cronie", 0, 0, optimize(cvl, c(0.5, 20), tol = 1e-8)$minimum))
out <- rbind(out, row("diggle", 0, 0, as.numeric(bw.diggle(X, correction = "border"))))
# surfaces, Gaussian sigma 4, at pixel centres of a fine raster
uni <- density(X, sigma = 4, edge = TRUE, dimyx = c(500, 600))
dig <- density(X, sigma = 4, edge = TRUE, diggle = TRUE, dimyx = c(500, 600))
for (p in list(c(1, 1), c(30, 10), c(24, 21), c(10, 45), c(59, 19), c(12, 25), c(24, 40))) {
    a <- p[1] + 0.05; b <- p[2] + 0.05
    out <- rbind(out, row("uniform", a, b, interp.im(uni, a, b)), row("jones_diggle", a, b, interp.im(dig, a, b)))
}
# Abramson's bandwidths from a pilot of sigma 4 (uniform correction), trim 5, at the points 1, 20, 40, ...
h <- bw.abram(X, h0 = 4, at = "points", hp = 4, trim = 5, edge = TRUE, dimyx = 512)
for (k in c(1, seq(20, n, by = 20))) out <- rbind(out, row("abramson", k, 0, h[k]))
# relative risk with tolerance: cases are the points whose number is divisible by 3 or that lie east of 35
suppressMessages(library(sparr))
case <- (seq_len(n) %% 3 == 0) | (x > 35)
rr <- risk(X[case], X[!case], h0 = 5, tolerate = TRUE, resolution = 512, pilot.symmetry = "none", verbose = FALSE)
for (p in list(c(2, 2), c(30, 10), c(22, 18), c(10, 40), c(38, 15), c(12, 25), c(22, 40), c(40, 3))) {
    out <- rbind(out, row("log_ratio", p[1], p[2], interp.im(rr$rr, p[1], p[2])),
                 row("upper_p", p[1], p[2], interp.im(rr$P, p[1], p[2])))
}
write.csv(out, "density_values.csv", row.names = FALSE, quote = FALSE)
