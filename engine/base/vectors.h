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
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define CM_WIDE_VECTORS __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define CM_WIDE_VECTORS
#endif

#endif
