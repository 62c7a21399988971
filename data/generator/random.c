#include "random.h"

#include <math.h>

#define SEED UINT64_C(20240701)

static uint64_t scramble(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

stream stream_of(uint64_t subject)
{
    return (stream){scramble(SEED + scramble(subject * UINT64_C(0x9e3779b97f4a7c15)))};
}

uint64_t draw_bits(stream *s)
{
    s->state += UINT64_C(0x9e3779b97f4a7c15);
    return scramble(s->state);
}

double draw_unit(stream *s)
{
    return (double)(draw_bits(s) >> 11) * 0x1p-53;
}

double draw_between(stream *s, double low, double high)
{
    return low + draw_unit(s) * (high - low);
}

int draw_below(stream *s, int n)
{
    return (int)(draw_bits(s) % (uint64_t)n);
}

int draw_weighted(stream *s, const int *weights, int n)
{
    int total = 0;

    for (int i = 0; i < n; i++)
        total += weights[i];
    int left = draw_below(s, total);
    for (int i = 0; i < n; i++) {
        if (left < weights[i])
            return i;
        left -= weights[i];
    }
    return n - 1;
}

double draw_normal(stream *s)
{
    double sum = -6.0;

    for (int i = 0; i < 12; i++)
        sum += draw_unit(s);
    return sum;
}

static double lattice(int64_t i, int64_t j, uint64_t subject)
{
    const uint64_t bits = scramble(scramble(scramble(subject + 1) + (uint64_t)i) + (uint64_t)j);

    return (double)(bits >> 11) * 0x1p-52 - 1.0;
}

double noise_at(double x, double y, double size, uint64_t subject)
{
    const double fx = floor(x / size), fy = floor(y / size);
    const int64_t i = (int64_t)fx, j = (int64_t)fy;
    double u = x / size - fx, v = y / size - fy;

    u = u * u * (3.0 - 2.0 * u);
    v = v * v * (3.0 - 2.0 * v);
    const double low = lattice(i, j, subject) * (1.0 - u) + lattice(i + 1, j, subject) * u;
    const double high = lattice(i, j + 1, subject) * (1.0 - u) + lattice(i + 1, j + 1, subject) * u;
    return low * (1.0 - v) + high * v;
}
