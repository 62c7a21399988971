/*
 * base/vectors.h - kernels compiled once for each width of vector registers, the widest chosen when the program starts.
 *
 * The results are the same to the last bit: no contraction into fused operations (a flag of the whole build), and no kernel
 * sums doubles in an order that depends on the width.
 */
#ifndef CM_BASE_VECTORS_H
#define CM_BASE_VECTORS_H

/* Sanitizers are not up yet when the choice is made. */
#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(CM_SCALAR)
#define CM_WIDE_VECTORS __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define CM_WIDE_VECTORS
#endif

/* Four doubles, each added to or multiplied with its like. CM_SCALAR makes them one by one, for the test that this gives the same. */
#ifdef CM_SCALAR
typedef struct cm_four {
    double v[4];
} cm_four;
#define CM_FOUR(a, b, c, d) ((cm_four){{a, b, c, d}})
#define CM_FOUR_EACH(expression) ((cm_four){{expression(0), expression(1), expression(2), expression(3)}})
#define CM_FOUR_PLUS(i) a.v[i] + b.v[i]
#define CM_FOUR_MINUS(i) a.v[i] - b.v[i]
#define CM_FOUR_TIMES(i) a.v[i] * factor

static inline cm_four cm_four_plus(cm_four a, cm_four b)
{
    return CM_FOUR_EACH(CM_FOUR_PLUS);
}

static inline cm_four cm_four_minus(cm_four a, cm_four b)
{
    return CM_FOUR_EACH(CM_FOUR_MINUS);
}

static inline cm_four cm_four_times(cm_four a, double factor)
{
    return CM_FOUR_EACH(CM_FOUR_TIMES);
}
#else
typedef double cm_four __attribute__((vector_size(32)));
#define CM_FOUR(a, b, c, d) ((cm_four){a, b, c, d})
#define cm_four_plus(a, b) ((a) + (b))
#define cm_four_minus(a, b) ((a) - (b))
#define cm_four_times(a, factor) ((a) * (factor))
#endif

#endif
