/* One seeded stream of random numbers per subject, so that a change in one part of the sample leaves
 * the other parts as they were. SplitMix64 (Steele, Lea and Flood 2014). */
#ifndef SAMPLE_RANDOM_H
#define SAMPLE_RANDOM_H

#include <stdint.h>

typedef struct stream {
    uint64_t state;
} stream;

stream   stream_of(uint64_t subject);
uint64_t draw_bits(stream *s);
double   draw_unit(stream *s);                          /* [0, 1) */
double   draw_between(stream *s, double low, double high);
int      draw_below(stream *s, int n);                  /* 0 .. n-1 */
int      draw_weighted(stream *s, const int *weights, int n);

/* Nearly normal, mean 0, deviation 1: a sum of twelve, because it needs no function whose last digit
 * differs between C libraries. */
double draw_normal(stream *s);

/* Smooth noise over the plane in [-1, 1], with features of about `size` metres. */
double noise_at(double x, double y, double size, uint64_t subject);

#endif
