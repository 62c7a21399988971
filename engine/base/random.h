/*
 * base/random.h - random numbers by counter: (seed, stream, index) -> value, in any order and on any thread.
 *
 * Source: the finaliser of splitmix64 (S. Vigna, after G. Steele, D. Lea, C. Flood 2014), applied twice.
 */
#ifndef CM_BASE_RANDOM_H
#define CM_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

uint64_t cm_random_u64(uint64_t seed, uint64_t stream, uint64_t index);
double cm_random_unit(uint64_t seed, uint64_t stream, uint64_t index); /* [0, 1), 53 bits */
uint64_t cm_random_below(uint64_t seed, uint64_t stream, uint64_t index, uint64_t limit); /* [0, limit), limit > 0 */

#endif
