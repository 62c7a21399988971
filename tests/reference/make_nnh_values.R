# Values of the nearest neighbour hierarchy and of the standard deviational ellipse for tests/reference/test_nnh_reference.c.
#   Rscript make_nnh_values.R      writes nnh_points.csv and nnh_values.csv beside itself
# Made with base R 4.2.2 from the formulas of CrimeStat IV (N. Levine 2015), chapters 7 and 4, by another way than the engine: NNH on the full matrix of
# distances; the ellipse by turning the axes through the angle of chapter 4, not from a covariance. No random numbers: points by multiplication modulo 1.
i <- 1:900
u <- (i * 0.754877666246693) %% 1; v <- (i * 0.569840290998053) %% 1
group <- i %% 30; town <- group %% 5
keep <- i %% 10 < 8
cx <- 2000 * town + 500 + 900 * ((group * 0.618) %% 1); cy <- 2500 * (town %% 2) + 1000 + 900 * ((group * 0.414) %% 1)
x <- ifelse(keep, cx + 60 * (u - 0.5), 10000 * u); y <- ifelse(keep, cy + 30 * (v - 0.5) + 20 * (u - 0.5), 5000 * v)
x <- round(x * 8) / 8; y <- round(y * 8) / 8
area <- 10000 * 5000; t <- 1.645; least <- 3
threshold <- function(n) 0.5 * sqrt(area / n) - t * 0.26136 / sqrt(n^2 / area)
one_order <- function(x, y, reach) {
    d <- as.matrix(dist(cbind(x, y)))
    near <- rowSums(d <= reach)
    label <- rep(-1L, length(x)); k <- 0L
    for (s in order(-near, seq_along(x))) {
        if (label[s] != -1L) next
        members <- which(d[s, ] <= reach & label == -1L)
        if (length(members) >= least) { label[members] <- k; k <- k + 1L }
    }
    match(label, setdiff(unique(label), -1L)) - 1L  # by the lowest member; NA: none
}
out <- NULL
row <- function(what, a, value) data.frame(what = what, a = a, value = sprintf("%.12g", value))
lx <- x; ly <- y; first <- NULL; level <- 1
repeat {
    reach <- threshold(length(lx))
    label <- one_order(lx, ly, reach)
    k <- length(unique(label[!is.na(label)]))
    if (k == 0) break
    if (level == 1) first <- label
    out <- rbind(out, row("threshold", level, reach), row("clusters", level, k))
    lx <- as.numeric(tapply(lx, label, mean)); ly <- as.numeric(tapply(ly, label, mean))
    level <- level + 1
}
for (c in sort(unique(first[!is.na(first)]))) {
    px <- x[which(first == c)]; py <- y[which(first == c)]; n <- length(px)
    dx <- px - mean(px); dy <- py - mean(py)
    a <- sum(dx^2) - sum(dy^2); b <- 2 * sum(dx * dy)
    theta <- atan((a + sqrt(a^2 + b^2)) / b)  # clockwise from north
    one <- sqrt(2 * sum((dx * cos(theta) - dy * sin(theta))^2) / (n - 2))
    two <- sqrt(2 * sum((dx * sin(theta) + dy * cos(theta))^2) / (n - 2))
    bearing <- theta * 180 / pi  # of the axis that `two` lies along
    if (one > two) bearing <- bearing + 90
    out <- rbind(out, row("major", c, max(one, two)), row("minor", c, min(one, two)), row("bearing", c, bearing %% 180))
}
first[is.na(first)] <- -1L
write.csv(data.frame(x = sprintf("%.3f", x), y = sprintf("%.3f", y), label = first), "nnh_points.csv", row.names = FALSE, quote = FALSE)
write.csv(out, "nnh_values.csv", row.names = FALSE, quote = FALSE)
