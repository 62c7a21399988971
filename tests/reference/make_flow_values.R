# Makes tests/reference/flow_values.csv: expected flows, p and q by R's glm(), ppois() and p.adjust().
# Rscript tests/reference/make_flow_values.R > tests/reference/flow_values.csv
x <- c(0, 3000, 7000, 2500, 9000, 5200)
y <- c(0, 500, 1500, 6000, 8000, 3300)
n <- matrix(c( 9, 40, 12,  7,  3, 22,
              35,  4, 18, 11,  0, 31,
              14, 21,  2,  5, 10, 44,
               6, 13,  4, 15,  6, 17,
               2,  1, 12,  5,  8, 60,
              19, 33, 41, 20, 16,  5), 6, byrow = TRUE)
d <- as.matrix(dist(cbind(x, y)))
pairs <- expand.grid(to = 1:6, from = 1:6)
pairs$moves <- n[cbind(pairs$from, pairs$to)]
pairs$d <- d[cbind(pairs$from, pairs$to)]
fit <- function(rows, formula, label) {
  m <- glm(formula, poisson, rows, control = glm.control(epsilon = 1e-14, maxit = 200))
  rows$expected <- fitted(m)
  rows$p <- ppois(rows$moves - 1, rows$expected, lower.tail = FALSE)
  rows$q <- p.adjust(rows$p, "BH")
  beta <- if ("log(d)" %in% names(coef(m))) -coef(m)[["log(d)"]] else 0
  for (i in seq_len(nrow(rows)))
    cat(sprintf("%s,%d,%d,%d,%.12g,%.12g,%.12g,%.12g\n", label, rows$from[i] - 1, rows$to[i] - 1, rows$moves[i],
                rows$expected[i], rows$p[i], rows$q[i], beta))
}
cat("null,from,to,moves,expected,p,q,beta\n")
apart <- pairs[pairs$from != pairs$to, ]
fit(pairs, moves ~ factor(from) + factor(to), "independence_within")
fit(apart, moves ~ factor(from) + factor(to), "independence")
fit(apart, moves ~ factor(from) + factor(to) + log(d), "gravity")
