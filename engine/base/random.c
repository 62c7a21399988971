/*
 * base/random.c - random numbers by counter.
 */
#include "base/random.h"

#define GOLDEN UINT64_C(0x9E3779B97F4A7C15)

static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

uint64_t cm_random_u64(uint64_t seed, uint64_t stream, uint64_t index)
{
    /* Two rounds, so that seed, stream and index cannot cancel one another out. */
    return mix(mix((seed + 1) * GOLDEN ^ mix(stream + GOLDEN)) + (index + 1) * GOLDEN);
}

double cm_random_unit(uint64_t seed, uint64_t stream, uint64_t index)
{
    return (double)(cm_random_u64(seed, stream, index) >> 11) * 0x1p-53;
}

uint64_t cm_random_below(uint64_t seed, uint64_t stream, uint64_t index, uint64_t limit)
{
    /* High word of a 64 x 64 product (D. Lemire 2019, without rejection: the bias is under limit / 2^64). */
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)cm_random_u64(seed, stream, index) * limit;

    return (uint64_t)(product >> 64);
}
